import { createInterface } from "node:readline";
import type { ReadStream } from "node:tty";

import { CliError } from "./cli-error.ts";
import { CLI_LIMITS } from "./limits.ts";

/**
 * A new password: asked for twice without echo on a terminal, else the first line of standard input.
 *
 * @throws CliError when the two differ, when it is empty or too long, or when input ends.
 */
export async function readNewPassword(name: string): Promise<string> {
  const { stdin } = process;
  if (!stdin.isTTY) return checkPassword(await readLine("no password"));
  const first = checkPassword(await askHidden(stdin, `Password for ${name}: `));
  if ((await askHidden(stdin, "Again: ")) !== first) throw new CliError("the two passwords differ");
  return first;
}

/** Refuses what can never be a password. @throws CliError */
export function checkPassword(password: string): string {
  if (password === "") throw new CliError("the password is empty");
  if (Buffer.byteLength(password) > CLI_LIMITS.password) throw new CliError(`the password is longer than ${CLI_LIMITS.password} octets`);
  return password;
}

/** Asks a question on the terminal. Only "yes" is a yes. */
export async function confirm(question: string): Promise<boolean> {
  process.stderr.write(`${question} (yes/no) `);
  return (await readLine("no answer")).trim().toLowerCase() === "yes";
}

/** The first line of standard input. @throws CliError that begins with `missing` when there is none. */
async function readLine(missing: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, crlfDelay: Infinity });
  try {
    for await (const line of lines) return line;
  } finally {
    lines.close();
    process.stdin.destroy();
  }
  throw new CliError(`${missing}: standard input is empty`);
}

/** One line, key by key, because only raw mode does not show it. */
function askHidden(stdin: ReadStream, prompt: string): Promise<string> {
  process.stderr.write(prompt);
  return new Promise((resolve, reject) => {
    let text = "";
    const finish = (settle: () => void) => {
      stdin.setRawMode(false);
      stdin.pause();
      stdin.off("data", take);
      process.stderr.write("\n");
      settle();
    };
    const take = (chunk: string) => {
      for (const key of chunk) {
        if (key === "\r" || key === "\n") return finish(() => resolve(text));
        // Ctrl-C and Ctrl-D arrive as characters in raw mode.
        if (key === "\u0003" || key === "\u0004") return finish(() => reject(new CliError("interrupted")));
        if (key === "\u007f" || key === "\b") text = Array.from(text).slice(0, -1).join("");
        else if (key >= " " && text.length < 2 * CLI_LIMITS.password) text += key;
      }
    };
    stdin.setEncoding("utf8");
    stdin.setRawMode(true);
    stdin.on("data", take);
    stdin.resume();
  });
}

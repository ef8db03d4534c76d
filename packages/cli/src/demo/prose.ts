import type { Random } from "./random.ts";
import { SENTENCES } from "./texts.ts";

/** Paragraphs of the pool's sentences, LF lines, each paragraph one long line. */
export function paragraphs(random: Random, count: number): string {
  const made: string[] = [];
  for (let number = 0; number < count; number++) made.push(random.sample(SENTENCES, random.between(2, 5)).join(" "));
  return `${made.join("\n\n")}\n`;
}

/** Wraps each line at spaces; lines are at most `width` characters save for longer words. `soft` ends them with the space that RFC 3676 joins at. */
export function wrap(text: string, width: number, soft = false): string {
  const wrapLine = (line: string): string => {
    const lines: string[] = [];
    let current = "";
    for (const word of line.split(" ")) {
      if (current !== "" && current.length + 1 + word.length > width) {
        lines.push(soft ? `${current} ` : current);
        current = word;
      } else {
        current = current === "" ? word : `${current} ${word}`;
      }
    }
    return [...lines, current].join("\n");
  };
  return text.split("\n").map(wrapLine).join("\n");
}

/** The text with a quote mark before each line, after a line that says whose it is. */
export function quote(text: string, author: string): string {
  const lines = text.trimEnd().split("\n");
  return `${author} wrote:\n${lines.map((line) => (line === "" ? ">" : `> ${line}`)).join("\n")}\n`;
}

/** The paragraphs as a small HTML page, with `extra` markup at its end. */
export function html(text: string, extra = ""): string {
  const escaped = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  const body = escaped
    .trimEnd()
    .split("\n\n")
    .map((paragraph) => `<p>${paragraph.replaceAll("\n", "<br>\n")}</p>`);
  return `<!DOCTYPE html>\n<html>\n<head><meta charset="utf-8"><title>Mail</title></head>\n<body style="font-family: sans-serif">\n${wrap(body.join("\n"), 100)}\n${extra}</body>\n</html>\n`;
}

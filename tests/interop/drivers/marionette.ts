import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** Mozilla's remote control: `length:JSON` messages over TCP, `[0, id, command, parameters]` answered by `[1, id, error, result]`. */
export class Marionette {
  readonly #socket: Socket;
  #buffer = Buffer.alloc(0);
  #wake: (() => void) | undefined;
  #closed = false;
  #id = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (chunk: Buffer) => {
      this.#buffer = Buffer.concat([this.#buffer, chunk]);
      this.#wake?.();
    });
    socket.on("close", () => {
      this.#closed = true;
      this.#wake?.();
    });
  }

  /** Connects as soon as the program listens. */
  static async connect(port: number): Promise<Marionette> {
    for (let attempt = 0; attempt < 300; attempt++) {
      const socket = connect(port, "127.0.0.1");
      const connected = await Promise.race([once(socket, "connect").then(() => true), once(socket, "error").then(() => false)]).catch(
        () => false,
      );
      if (connected) {
        const marionette = new Marionette(socket);
        await marionette.#receive();
        await marionette.command("WebDriver:NewSession", { unhandledPromptBehavior: "ignore" });
        await marionette.command("Marionette:SetContext", { value: "chrome" });
        return marionette;
      }
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    throw new Error("Thunderbird does not listen for Marionette");
  }

  async #receive(): Promise<unknown> {
    for (;;) {
      const colon = this.#buffer.indexOf(":");
      const length = colon < 0 ? Number.NaN : Number(this.#buffer.subarray(0, colon).toString());
      if (colon >= 0 && this.#buffer.length >= colon + 1 + length) {
        const text = this.#buffer.subarray(colon + 1, colon + 1 + length).toString();
        this.#buffer = this.#buffer.subarray(colon + 1 + length);
        return JSON.parse(text);
      }
      if (this.#closed) throw new Error("Thunderbird closed its Marionette connection");
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  async command(name: string, parameters: Readonly<Record<string, unknown>>): Promise<unknown> {
    const id = ++this.#id;
    const body = JSON.stringify([0, id, name, parameters]);
    this.#socket.write(`${Buffer.byteLength(body)}:${body}`);
    for (;;) {
      const message = await this.#receive();
      if (!Array.isArray(message) || message[0] !== 1 || message[1] !== id) continue;
      if (message[2] !== null) throw new Error(`${name}: ${JSON.stringify(message[2]).slice(0, 600)}`);
      return message[3];
    }
  }

  /** Runs the body of an async function in Thunderbird's own context and returns what it returns. */
  async evaluate(body: string, ...args: readonly unknown[]): Promise<unknown> {
    await this.command("WebDriver:SetTimeouts", { script: 90_000 });
    const script = `const resolve = arguments[arguments.length - 1]; const args = Array.from(arguments).slice(0, -1);
      (async () => { ${body} })().then((value) => resolve({ value: value === undefined ? null : value }), (error) => resolve({ error: String(error) }));`;
    const answer = await this.command("WebDriver:ExecuteAsyncScript", { script, args, newSandbox: true, sandbox: "system" });
    const result = typeof answer === "object" && answer !== null && "value" in answer ? answer.value : undefined;
    if (typeof result !== "object" || result === null) throw new Error(`no result: ${JSON.stringify(answer)}`);
    if ("error" in result) throw new Error(String(result.error));
    return "value" in result ? result.value : undefined;
  }

  close(): void {
    this.#socket.destroy();
  }
}

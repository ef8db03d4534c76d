import { CLI_LIMITS } from "../limits.ts";

/** Cuts what arrives into lines, without their CRLF. */
export class LineQueue {
  readonly #lines: string[] = [];
  #rest: Buffer = Buffer.alloc(0);

  /** Takes octets as they arrive. @throws Error when a line is longer than any answer the appender asks for. */
  push(chunk: Uint8Array): void {
    let data = this.#rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([this.#rest, chunk]);
    for (let end = data.indexOf("\r\n"); end >= 0; end = data.indexOf("\r\n")) {
      this.#lines.push(data.toString("utf8", 0, end));
      data = data.subarray(end + 2);
    }
    if (data.length > CLI_LIMITS.imapLine) throw new Error("the server sent an endless line");
    this.#rest = data;
  }

  /** The next whole line, if one has arrived. */
  shift(): string | undefined {
    return this.#lines.shift();
  }
}

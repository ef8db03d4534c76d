/** What a line may have at its end: a literal follows. */
const LITERAL = /\{(\d+)\}$/;
/** Characters of a line that is kept for an error. */
const SHOWN = 200;

/** Reads answers whole, literals skipped, and counts what is in them: slower than what is measured, and so only beside it. */
export class AnswerCheck {
  #line = "";
  #continued = false;
  /** Octets of a literal that are still to come. */
  #literal = 0;
  #refusal: string | undefined;
  /** Tagged OK lines. */
  answered = 0;
  /** `* n FETCH` responses. */
  fetches = 0;
  /** Numbers in `* SEARCH` responses. */
  hits = 0;

  take(chunk: Uint8Array): void {
    const octets = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    let at = 0;
    while (at < octets.length) {
      if (this.#literal > 0) {
        const skipped = Math.min(this.#literal, octets.length - at);
        this.#literal -= skipped;
        at += skipped;
        continue;
      }
      const end = octets.indexOf(0x0a, at);
      this.#line += octets.toString("latin1", at, end === -1 ? octets.length : end + 1);
      if (end === -1) return;
      at = end + 1;
      const line = this.#line.trimEnd();
      this.#line = "";
      if (!this.#continued) this.#begin(line);
      this.#literal = Number(LITERAL.exec(line)?.[1] ?? 0);
      // A literal of no octets also continues its line.
      this.#continued = LITERAL.test(line);
    }
  }

  /** @throws Error when other than so many commands were answered with OK */
  finish(commands: number): void {
    if (this.#refusal !== undefined) throw new Error(`refused: ${this.#refusal}`);
    if (this.answered !== commands) throw new Error(`${this.answered} of ${commands} commands were answered`);
  }

  #begin(line: string): void {
    if (line.startsWith("* ")) {
      if (/^\* \d+ FETCH /.test(line)) this.fetches++;
      else if (line.startsWith("* SEARCH")) this.hits += line.split(" ").length - 2;
    } else if (/^w\d+ OK/.test(line)) this.answered++;
    else this.#refusal ??= line.slice(0, SHOWN);
  }
}

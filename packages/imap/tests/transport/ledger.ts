/** What all clients of one account have sent to its mailboxes, and what they were told to have come of it. */
export class Ledger {
  /** Contents of the messages in INBOX whose APPEND was answered with OK, by UID. */
  readonly appended = new Map<number, string>();
  /** Those that were read, by UID. */
  readonly fetched = new Map<number, string>();
  /** UIDs in Archive that a COPYUID has named. */
  readonly copied = new Set<number>();
  #messages = 0;

  /** A message of `size` octets or a few more, unlike all others. */
  message(size: number): string {
    let text = `X-Id: ${++this.#messages}\r\n\r\n`;
    // Counts, so that no two parts of it are alike.
    for (let word = 0; text.length < size; word++) text += `${word} `;
    return text;
  }

  /** What is wrong with the messages that were read; `unanswered` are contents of APPENDs of which nobody knows whether they were done. */
  difference(unanswered: readonly string[]): string | undefined {
    for (const [uid, text] of this.fetched) {
      const known = this.appended.get(uid);
      const right = known === undefined ? unanswered.includes(text) : known === text;
      if (!right) return `UID ${uid} was read as ${JSON.stringify(text)}, and is ${JSON.stringify(known)}`;
    }
    return undefined;
  }
}

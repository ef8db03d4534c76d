import type { ContentKey, MailboxIndex } from "../mailbox/mailbox-index.ts";

/**
 * Contents that a response in progress still reads. A message may be expunged while its body waits for a
 * slow client; its octets must outlive the response.
 */
export class ContentPins {
  readonly #counts = new Map<ContentKey, number>();

  pin(key: ContentKey): void {
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }

  unpin(key: ContentKey): void {
    const count = this.#counts.get(key) ?? 0;
    if (count > 1) this.#counts.set(key, count - 1);
    else this.#counts.delete(key);
  }

  has(key: ContentKey): boolean {
    return this.#counts.has(key);
  }
}

/** The pins of one account: what `collectUnreferenced` of its index must leave. At most one for each session. */
export function pinsOf(index: MailboxIndex): ContentPins {
  let pins = pinsByIndex.get(index);
  if (pins === undefined) {
    pins = new ContentPins();
    pinsByIndex.set(index, pins);
  }
  return pins;
}

const pinsByIndex = new WeakMap<MailboxIndex, ContentPins>();

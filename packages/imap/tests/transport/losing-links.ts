import type { AccountId } from "../../src/mailbox/records.ts";
import type { Link, LinkListener, LinkOpener } from "../../src/transport/ports.ts";
import type { FakeAccountObject } from "./fakes.ts";

/** Links of one client that are lost when a test says so; the other links of the account are not. */
export class LosingLinks implements LinkOpener {
  /** Messages, in either direction, that still pass before the link is lost. */
  left = Infinity;
  losses = 0;
  readonly #object: FakeAccountObject;
  readonly #before: () => Promise<void>;
  #lose: (() => void) | undefined;

  /** `before` is awaited by each opening of a link, which fails with it. */
  constructor(object: FakeAccountObject, before: () => Promise<void> = () => Promise.resolve()) {
    this.#object = object;
    this.#before = before;
  }

  /** Loses the link, if there is one. */
  lose(): void {
    this.#lose?.();
  }

  async open(account: AccountId, listener: LinkListener): Promise<Link> {
    await this.#before();
    let open = true;
    const link = await this.#object.open(account, {
      message: (bytes) => {
        if (open && this.#passes(lose)) listener.message(bytes);
      },
      closed: () => {
        if (open) listener.closed();
        open = false;
      },
    });
    const lose = (): void => {
      if (!open) return;
      open = false;
      this.losses++;
      link.close();
      listener.closed();
    };
    this.#lose = lose;
    return {
      send: (message) => {
        if (open && this.#passes(lose)) link.send(message);
      },
      close: () => {
        open = false;
        link.close();
      },
    };
  }

  #passes(lose: () => void): boolean {
    if (--this.left >= 0) return true;
    this.left = Infinity;
    lose();
    return false;
  }
}

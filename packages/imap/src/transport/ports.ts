import type { AccountId } from "../mailbox/records.ts";

/** Port: the octets of one client, whatever carries them. */
export interface ByteStream {
  /** The next octets, which then belong to the caller; `undefined` when the client sends no more. Rejects when the connection is lost. One call at a time. */
  read(): Promise<Uint8Array | undefined>;
  /** Resolves when the octets have been passed on, which is what back-pressure is made of. Rejects when the connection is lost. */
  write(bytes: Uint8Array): Promise<void>;
  /** Ends our direction after what was written; the client may still send. */
  closeWrite(): Promise<void>;
  /** Ends both directions at once: a pending read returns or rejects. Safe to call twice; never rejects. */
  close(): Promise<void>;
}

/** Where the account object is heard. */
export interface LinkListener {
  message(bytes: Uint8Array): void;
  /** The link is gone, whether or not a close frame came before. Called once. */
  closed(): void;
}

/** Port: one link to an account object. */
export interface Link {
  /** The octets must not be changed afterwards. After the link has closed it does nothing. */
  send(message: Uint8Array<ArrayBuffer>): void;
  /** Ends it; the listener hears no more. */
  close(): void;
}

/** Port: opens links. */
export interface LinkOpener {
  /** @throws NO [LIMIT] when the account has too many connections; whatever else it throws means that the account cannot be reached. */
  open(account: AccountId, listener: LinkListener): Promise<Link>;
}

/** Port: time. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls `wake` once after `delay` milliseconds. Returns what cancels it. */
  timer(delay: number, wake: () => void): () => void;
}

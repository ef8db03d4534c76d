import { DurableObject } from "cloudflare:workers";

import { DirectoryRows } from "./adapters/durable-object/directory-rows.ts";
import type { AccountRecord, AccountSummary } from "./auth/account-directory.ts";
import type { PasswordRecord } from "./auth/password.ts";
import type { Bindings } from "./bindings.ts";

/** The one object that knows all accounts. Passwords are checked elsewhere: it only keeps their records. */
export class DirectoryObject extends DurableObject<Bindings> {
  readonly #rows: DirectoryRows;

  constructor(ctx: DurableObjectState, env: Bindings) {
    super(ctx, env);
    this.#rows = new DirectoryRows(ctx.storage, () => Date.now());
  }

  find(name: string): AccountRecord | undefined {
    return this.#rows.find(name);
  }

  list(): AccountSummary[] {
    return this.#rows.list();
  }

  create(name: string, password: PasswordRecord): AccountSummary | undefined {
    return this.#rows.create(name, password);
  }

  setPassword(name: string, password: PasswordRecord): boolean {
    return this.#rows.setPassword(name, password);
  }

  remove(name: string): boolean {
    return this.#rows.remove(name);
  }
}

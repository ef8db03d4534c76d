import { DurableObject } from "cloudflare:workers";

import { DirectoryRows } from "./adapters/durable-object/directory-rows.ts";
import { LoginFailureRows } from "./adapters/durable-object/login-failure-rows.ts";
import type { AccountRecord, AccountSummary } from "./auth/account-directory.ts";
import type { FailureCounts, LoginFacts } from "./auth/login-directory.ts";
import type { PasswordRecord } from "./auth/password.ts";
import type { Bindings } from "./bindings.ts";
import { readConfig } from "./config.ts";
import { limitsWith } from "./limit-settings.ts";

/** The one object that knows all accounts and whose logins have failed. Passwords are checked elsewhere: it only keeps their records. */
export class DirectoryObject extends DurableObject<Bindings> {
  readonly #rows: DirectoryRows;
  readonly #failures: LoginFailureRows;

  constructor(ctx: DurableObjectState, env: Bindings) {
    super(ctx, env);
    this.#rows = new DirectoryRows(ctx.storage, () => Date.now());
    this.#failures = new LoginFailureRows(ctx.storage, limitsWith(readConfig(env).LIMITS), () => Date.now());
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

  lookUp(name: string, address: string): LoginFacts {
    return { record: this.#rows.find(name), failures: this.#failures.read(name, address) };
  }

  countFailure(name: string, address: string): FailureCounts {
    return this.#failures.add(name, address);
  }

  forgive(name: string, address: string): void {
    this.#failures.forgive(name, address);
  }
}

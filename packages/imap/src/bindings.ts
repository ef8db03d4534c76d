import type { AccountObject } from "./account-object.ts";
import type { DirectoryObject } from "./directory-object.ts";

/** What the platform binds to the Worker and its objects beside the settings that config.ts reads. */
export interface Bindings {
  readonly ACCOUNTS: DurableObjectNamespace<AccountObject>;
  readonly DIRECTORY: DurableObjectNamespace<DirectoryObject>;
  /** A disk service for large bodies, in plain workerd. Without it they are kept in SQLite. */
  readonly BODIES?: Fetcher;
}

import { AccountRecord, type AccountDirectory, type AccountSummary } from "../../auth/account-directory.ts";
import { FailureCounts, LoginFacts, type LoginDirectory } from "../../auth/login-directory.ts";
import type { PasswordRecord } from "../../auth/password.ts";

/** The methods of the directory object, as its stub has them. */
export interface DirectoryStub {
  find(name: string): Promise<unknown>;
  list(): Promise<readonly AccountSummary[]>;
  create(name: string, password: PasswordRecord): Promise<AccountSummary | undefined>;
  setPassword(name: string, password: PasswordRecord): Promise<boolean>;
  remove(name: string): Promise<boolean>;
  lookUp(name: string, address: string): Promise<unknown>;
  countFailure(name: string, address: string): Promise<unknown>;
  forgive(name: string, address: string): Promise<void>;
}

/** The directory of accounts in its Durable Object. `stub` is asked each time: one that has failed stays broken. */
export function createObjectDirectory(stub: () => DirectoryStub): AccountDirectory & LoginDirectory {
  return {
    async find(name) {
      const record = await stub().find(name);
      return record === undefined || record === null ? undefined : AccountRecord.parse(record);
    },
    list: () => stub().list(),
    create: (name, password) => stub().create(name, password),
    setPassword: (name, password) => stub().setPassword(name, password),
    remove: (name) => stub().remove(name),
    lookUp: async (name, address) => LoginFacts.parse(await stub().lookUp(name, address)),
    countFailure: async (name, address) => FailureCounts.parse(await stub().countFailure(name, address)),
    forgive: (name, address) => stub().forgive(name, address),
  };
}

import { createMemoryBodyStore } from "../../../src/adapters/memory/memory-body-store.ts";
import { bodyStoreContract } from "../../mailbox/body-store-contract.ts";

bodyStoreContract(createMemoryBodyStore);

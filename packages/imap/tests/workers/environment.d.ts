/// <reference types="@cloudflare/vitest-plugin/types" />
import type { Bindings } from "../../src/bindings.ts";
import type * as worker from "../../src/worker.ts";

declare global {
  namespace Cloudflare {
    interface Env extends Bindings {
      ADMIN_TOKEN: string;
    }
    interface GlobalProps {
      mainModule: typeof worker;
      durableNamespaces: "AccountObject" | "DirectoryObject";
    }
  }
}

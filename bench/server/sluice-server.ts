import { readFile } from "node:fs/promises";

import { removeData, startServer, type StartedServer } from "../../tests/support/started-server.ts";
import type { MailServer } from "./mail-server.ts";

const PASSWORD = "bench-password";

/** A started server of this tree as one to measure: workerd, not the launcher beside it. */
export async function startSluice(tls: boolean): Promise<MailServer> {
  const server: StartedServer = await startServer();
  return {
    name: "Sluice",
    endpoint: {
      host: server.host,
      port: tls ? server.imapsPort : server.imapPort,
      ca: tls ? await readFile(server.ca, "utf8") : undefined,
    },
    password: PASSWORD,
    pid: server.workerdPid,
    addUser: (user) => server.addAccount(user, PASSWORD),
    stop: async () => {
      await server.stop();
      await removeData(server);
    },
  };
}

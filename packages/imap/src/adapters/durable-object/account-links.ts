import type { Limits } from "../../limits.ts";
import type { AccountId } from "../../mailbox/records.ts";
import { no } from "../../protocol/status-error.ts";
import type { Link, LinkListener, LinkOpener } from "../../transport/ports.ts";

/** The part of a Durable Object namespace that links need. */
export interface AccountNamespace {
  getByName(name: string): { fetch(url: string, init: { headers: Record<string, string> }): Promise<Response> };
}

/** Opens links as WebSockets to the account's Durable Object. */
export function createAccountLinks(accounts: AccountNamespace, limits: Pick<Limits, "connectionsPerAccount">): LinkOpener {
  return {
    async open(account: AccountId, listener: LinkListener): Promise<Link> {
      const response = await accounts.getByName(account).fetch("http://account/link", { headers: { Upgrade: "websocket" } });
      const socket = response.webSocket;
      if (socket === null) {
        if (response.status === 429) throw no(`An account has at most ${limits.connectionsPerAccount} connections`, "LIMIT");
        throw new Error(`The account object answered ${response.status}`);
      }
      return acceptLink(socket, listener);
    },
  };
}

function acceptLink(socket: WebSocket, listener: LinkListener): Link {
  let open = true;
  const closed = (): void => {
    if (!open) return;
    open = false;
    listener.closed();
  };
  socket.binaryType = "arraybuffer";
  socket.addEventListener("message", ({ data }) => {
    if (!open) return;
    if (data instanceof ArrayBuffer) listener.message(new Uint8Array(data));
    else closed();
  });
  socket.addEventListener("close", closed);
  socket.addEventListener("error", closed);
  socket.accept();
  return {
    send(message) {
      if (!open) return;
      try {
        socket.send(message);
      } catch {
        // It has closed under us; its event may not have come yet.
        closed();
      }
    },
    close() {
      open = false;
      try {
        socket.close(1000, "");
      } catch {
        // It is closed already.
      }
    },
  };
}

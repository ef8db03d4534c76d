import type { Limits } from "../../limits.ts";
import type { AccountId } from "../../mailbox/records.ts";
import { no } from "../../protocol/status-error.ts";
import type { Link, LinkListener, LinkOpener } from "../../transport/ports.ts";

/** The part of a Durable Object namespace that links need. */
export interface AccountNamespace {
  getByName(name: string): { fetch(url: string, init: { headers: Record<string, string> }): Promise<Response> };
}

/** Opens links as WebSockets to the account's Durable Object. */
export class AccountLinks implements LinkOpener {
  /** Links that are open now. */
  openLinks = 0;
  readonly #accounts: AccountNamespace;
  readonly #limits: Pick<Limits, "connectionsPerAccount">;

  constructor(accounts: AccountNamespace, limits: Pick<Limits, "connectionsPerAccount">) {
    this.#accounts = accounts;
    this.#limits = limits;
  }

  async open(account: AccountId, listener: LinkListener): Promise<Link> {
    const response = await this.#accounts.getByName(account).fetch("http://account/link", { headers: { Upgrade: "websocket" } });
    const socket = response.webSocket;
    if (socket === null) {
      if (response.status === 429) throw no(`An account has at most ${this.#limits.connectionsPerAccount} connections`, "LIMIT");
      if (response.status === 410) throw no("The account has been removed", "UNAVAILABLE");
      throw new Error(`The account object answered ${response.status}`);
    }
    this.openLinks++;
    return acceptLink(socket, listener, () => void this.openLinks--);
  }
}

/** `over` is called once, whoever ends the link. */
function acceptLink(socket: WebSocket, listener: LinkListener, over: () => void): Link {
  let open = true;
  const end = (): boolean => {
    if (!open) return false;
    open = false;
    over();
    return true;
  };
  const closed = (): void => {
    if (end()) listener.closed();
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
      end();
      try {
        socket.close(1000, "");
      } catch {
        // It is closed already.
      }
    },
  };
}

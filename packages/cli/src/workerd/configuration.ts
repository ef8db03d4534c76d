import { basename } from "node:path";

import type { LimitSettings } from "@sluice/imap/limit-settings";

import { formatAddress, type Address } from "../address.ts";
import type { SocketName } from "../start-options.ts";

/** What the configuration of one local server is made of. */
export interface WorkerdSettings {
  readonly addresses: Readonly<Record<SocketName, Address>>;
  /** Absolute folders of the objects' databases and of the message bodies. */
  readonly objects: string;
  readonly bodies: string;
  /** Files to embed, relative to the configuration: Cap'n Proto lets no embed climb out of its folder. The Worker imports each WASM module by its file's own name. */
  readonly files: { readonly worker: string; readonly wasm: readonly string[]; readonly key: string; readonly chain: string };
  readonly adminToken: string;
  readonly defaultDomain: string;
  readonly version: string;
  /** Limits that the operator has set. */
  readonly limits: LimitSettings;
  readonly webSocketOrigins: readonly string[];
  readonly webSocketPlain: boolean;
  /** `YYYY-MM-DD`: the newest that the installed workerd knows. */
  readonly compatibilityDate: string;
}

/** A text literal of the Cap'n Proto schema language. */
export function capnpText(text: string): string {
  let literal = "";
  for (const octet of new TextEncoder().encode(text)) {
    const character = String.fromCharCode(octet);
    if (character === '"' || character === "\\") literal += `\\${character}`;
    else if (octet >= 0x20 && octet < 0x7f) literal += character;
    // Escapes name octets, not characters, so UTF-8 goes through octet by octet.
    else literal += `\\x${octet.toString(16).padStart(2, "0")}`;
  }
  return `"${literal}"`;
}

/** The whole configuration file of `workerd serve`, as text. It holds the admin token. */
export function workerdConfiguration(settings: WorkerdSettings): string {
  const { addresses, files } = settings;
  const address = (name: SocketName) => capnpText(formatAddress(addresses[name]));
  const text = capnpText;
  // The object classes run in the same Worker as the sockets; the unique keys name the folders of their databases, so they never change.
  return `# Written by "sluice start" at each start; changes here are lost.
using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "main", worker = .main),
    (name = "objects-disk", disk = (path = ${text(settings.objects)}, writable = true)),
    (name = "bodies-disk", disk = (path = ${text(settings.bodies)}, writable = true)),
  ],
  sockets = [
    (name = "imaps", address = ${address("imaps")}, service = "main",
     tcp = (tlsOptions = (keypair = (privateKey = embed ${text(files.key)}, certificateChain = embed ${text(files.chain)})))),
    (name = "imap", address = ${address("imap")}, service = "main", tcp = ()),
    (name = "http", address = ${address("http")}, service = "main", http = ()),
  ],
);

const main :Workerd.Worker = (
  modules = [
    (name = "worker.js", esModule = embed ${text(files.worker)}),
${files.wasm.map((file) => `    (name = ${text(basename(file))}, wasm = embed ${text(file)}),`).join("\n")}
  ],
  compatibilityDate = ${text(settings.compatibilityDate)},
  bindings = [
    (name = "ACCOUNTS", durableObjectNamespace = (className = "AccountObject")),
    (name = "DIRECTORY", durableObjectNamespace = (className = "DirectoryObject")),
    (name = "BODIES", service = "bodies-disk"),
    (name = "ADMIN_TOKEN", text = ${text(settings.adminToken)}),
    (name = "DEFAULT_DOMAIN", text = ${text(settings.defaultDomain)}),
    (name = "VERSION", text = ${text(settings.version)}),
    (name = "SHUTDOWN", text = "on"),
    (name = "LIMITS", text = ${text(JSON.stringify(settings.limits))}),
    (name = "WEBSOCKET_ORIGINS", text = ${text(settings.webSocketOrigins.join(","))}),
    (name = "WEBSOCKET_PLAIN", text = ${text(settings.webSocketPlain ? "on" : "off")}),
  ],
  durableObjectNamespaces = [
    (className = "AccountObject", uniqueKey = "sluice-account", enableSql = true),
    (className = "DirectoryObject", uniqueKey = "sluice-directory", enableSql = true),
  ],
  durableObjectStorage = (localDisk = "objects-disk"),
);
`;
}

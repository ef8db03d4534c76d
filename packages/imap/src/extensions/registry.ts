import type { EnabledFeatures, ServerInfo } from "../session/session.ts";

/** What adds to several commands at once, so that no single command's definition can advertise it. */
export interface Extension {
  /** As it stands in CAPABILITY. */
  capability(server: ServerInfo): string;
  /** The argument of ENABLE (RFC 5161) that switches it on, with the features that it switches on. */
  readonly enable?: { readonly name: string; readonly features: readonly (keyof EnabledFeatures)[] };
}

/** In the order in which CAPABILITY lists them. */
export const EXTENSIONS: readonly Extension[] = [
  // RFC 7888: the framer takes non-synchronizing literals in every command.
  { capability: () => "LITERAL+" },
  // RFC 7162: SELECT, FETCH, STORE, SEARCH, STATUS and what the session tells by itself.
  { capability: () => "CONDSTORE", enable: { name: "CONDSTORE", features: ["condstore"] } },
  // RFC 7162 section 3.2.3: QRESYNC includes CONDSTORE.
  { capability: () => "QRESYNC", enable: { name: "QRESYNC", features: ["qresync", "condstore"] } },
  // RFC 6855: mailbox names, message headers and APPEND.
  { capability: () => "UTF8=ACCEPT", enable: { name: "UTF8=ACCEPT", features: ["utf8"] } },
  // RFC 7889: APPEND refuses what is larger, STATUS tells it.
  { capability: (server) => `APPENDLIMIT=${server.appendLimit}` },
  // RFC 8474: MAILBOXID in CREATE, SELECT and STATUS, EMAILID and THREADID in FETCH and SEARCH.
  { capability: () => "OBJECTID" },
];

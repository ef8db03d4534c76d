import * as z from "zod";

/** What carries a client's connection. */
export const Transport = z.enum(["tcp", "websocket"]);

/** One client connection has begun. */
const ConnectionStarted = z.object({
  kind: z.literal("connection-started"),
  sessionId: z.uuidv7(),
  transport: Transport,
});

/** One client connection has ended. Never holds what the client sent. */
export const ConnectionEvent = z.object({
  kind: z.literal("connection"),
  sessionId: z.uuidv7(),
  transport: Transport,
  loggedIn: z.boolean(),
  /** Why it ended: a reason of the link, or of the edge alone. */
  reason: z.string().max(40),
  milliseconds: z.number().min(0),
  octetsIn: z.int().min(0),
  octetsOut: z.int().min(0),
});
export type ConnectionEvent = z.infer<typeof ConnectionEvent>;

/** One command has ended. Never holds an argument's value. */
export const CommandEnded = z.object({
  kind: z.literal("command"),
  sessionId: z.uuidv7(),
  /** As in the registry, or `unknown`. */
  name: z.string().max(40),
  status: z.enum(["OK", "NO", "BAD"]),
  /** From its first piece to its tagged line. The runtime's clock stands still while it works, so short ones take 0. */
  milliseconds: z.number().min(0),
});
export type CommandEnded = z.infer<typeof CommandEnded>;

/** An account object has begun or let go of a session. A session that sleeps and wakes does neither. */
export const SessionChanged = z.object({ kind: z.literal("session"), sessionId: z.uuidv7(), open: z.boolean() });
export type SessionChanged = z.infer<typeof SessionChanged>;

/** An account object has come into memory: at its first session, or woken from sleep, or after a restart. */
const ObjectStarted = z.object({ kind: z.literal("object-started") });

/** A sender had to wait for its receiver: the client did not read, or the account object was behind. */
export const CreditStall = z.object({ kind: z.literal("stall"), sessionId: z.uuidv7(), direction: z.enum(["to-client", "to-object"]) });

/** Somebody ran into a limit and was told so. */
const LimitHit = z.object({
  kind: z.literal("limit"),
  /** The name of the limit in limits.ts, or the response code with which a command was refused. */
  limit: z.string().max(40),
});

/** A connection's link was lost: its account object has restarted or moved. */
const LinkLost = z.object({
  kind: z.literal("link-lost"),
  sessionId: z.uuidv7(),
  /** The connection has a new link and went on; otherwise its client was told to connect again. */
  survived: z.boolean(),
  milliseconds: z.number().min(0),
});

/** Everything that is counted. */
export const MeterEvent = z.discriminatedUnion("kind", [
  ConnectionStarted,
  ConnectionEvent,
  CommandEnded,
  SessionChanged,
  ObjectStarted,
  CreditStall,
  LimitHit,
  LinkLost,
]);
export type MeterEvent = z.infer<typeof MeterEvent>;

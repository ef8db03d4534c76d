import { z } from "zod";

/** One client connection has ended. Never holds what the client sent. */
export const ConnectionEvent = z.object({
  kind: z.literal("connection"),
  sessionId: z.uuidv7(),
  transport: z.enum(["tcp", "websocket"]),
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
});
export type CommandEnded = z.infer<typeof CommandEnded>;

/** What is counted. */
export type MeterEvent = ConnectionEvent | CommandEnded;

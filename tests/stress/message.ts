import { Random } from "../../packages/cli/src/demo/random.ts";

/** The whole text of a message, made again from its id. One in eight is streamed past the parser. */
export function messageOf(id: number): string {
  const random = new Random(id);
  const lines = random.chance(1 / 8) ? 2000 : random.between(0, 20);
  return `X-Id: ${id}\r\n\r\n${`text of message ${id}\r\n`.repeat(lines)}`;
}

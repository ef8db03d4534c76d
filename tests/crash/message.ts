import { Random } from "../../packages/cli/src/demo/random.ts";

/** Sizes by what becomes of a message: parsed with its command, streamed past the parser, or kept on the disk. */
const SIZES = { small: [100, 9_000], streamed: [20_000, 90_000], disk: [1_100_000, 1_300_000] } as const;

export type SizeClass = keyof typeof SIZES;

/** The message of this name. Nothing else is needed to make it again, so that its octets can be compared after a crash. */
export function messageOf(content: string): Buffer {
  let seed = 0;
  for (const character of content) seed = Math.imul(seed ^ character.charCodeAt(0), 0x0100_0193);
  const random = new Random(seed);
  const size = content.endsWith("d") ? SIZES.disk : content.endsWith("m") ? SIZES.streamed : SIZES.small;
  const length = random.between(size[0], size[1]);
  const line = `${content} ${random.hex(48)}\r\n`;
  const head = `Message-ID: <${content}@crash.test>\r\nSubject: ${content}\r\nDate: Mon, 2 Nov 2026 10:00:00 +0000\r\n\r\n`;
  return Buffer.from(head + line.repeat(Math.ceil(length / line.length)), "latin1");
}

/** `WRITER-NUMBER` and a letter for the size. */
export function contentName(writer: string, number: number, size: SizeClass): string {
  return `${writer}-${number}${size === "disk" ? "d" : size === "streamed" ? "m" : "s"}`;
}

import { CLASSES, CLASS_ATOM } from "./classes";
import { intern } from "./intern";
import { MASK_BITS } from "./masks";
import { ENTRY, KIND_ATOM, KIND_COMMAND, KIND_LITERAL } from "./layout";

/** Writes one entry; `head` is its kind, flags and id. */
export function emit(out: usize, head: u32, start: usize, end: usize, value: u32): void {
  store<u64>(out, <u64>head | ((<u64>(<u32>start)) << 32));
  store<u64>(out, <u64>(<u32>end) | ((<u64>value) << 32), 8);
}

/** Writes the first entry of the command whose entries end at `out`; `start` and `end` are offsets in the input. */
export function emitCommand(cmd: usize, out: usize, flags: u32, id: u32, start: usize, end: usize): void {
  emit(cmd, KIND_COMMAND | (flags << 8) | (id << 16), start, end, <u32>((out - cmd) >> 4));
}

/**
 * Id of the command's name: its second token, if tag and name both are on its first line. A tag has no id, though it may have been
 * looked up as any token is: only a lone one, which may be `DONE`, gets it. `base` is the command's first octet.
 */
export function commandId(cmd: usize, out: usize, base: usize): u32 {
  const first = cmd + ENTRY;
  const second = first + ENTRY;
  if (out < second) return 0;
  const kind = load<u32>(first) & 0xff;
  if (out == second) {
    if (kind == KIND_ATOM) lookUp(first, base);
    return 0;
  }
  if (kind == KIND_LITERAL) return 0;
  if (kind == KIND_ATOM) store<u16>(first, 0, 2);
  const name = load<u32>(second);
  return (name & 0xff) == KIND_ATOM ? name >> 16 : 0;
}

function lookUp(entry: usize, base: usize): void {
  const at = base + load<u32>(entry, 4);
  const end = base + load<u32>(entry, 8);
  if (end - at <= MASK_BITS && load<u8>(CLASSES + <usize>load<u8>(at)) == CLASS_ATOM) intern(entry, end, end - at);
}

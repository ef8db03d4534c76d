/** Whether one walk over the keys' span costs less than looking each up: they ascend, with few gaps. */
export function isDense(keys: Float64Array): boolean {
  for (let at = 1; at < keys.length; at++) if ((keys[at] ?? 0) <= (keys[at - 1] ?? 0)) return false;
  return (keys.at(-1) ?? 0) - (keys[0] ?? 0) < keys.length * 1.5;
}

/**
 * What the connections and failed logins of one client are counted by: its IPv4 address, or the /64 network of its IPv6
 * address, of which one client has 2^64. An IPv4-mapped IPv6 address is the IPv4 address.
 *
 * Takes an address with its port (`192.0.2.1:993`, `[2001:db8::1]:993`) or without, and gives the same spelling for all
 * spellings of an address. Empty when the address is unknown, or is none.
 */
export function addressKey(remoteAddress: string): string {
  const bare =
    /^\[([^\]]*)\](?::\d{1,5})?$/.exec(remoteAddress)?.[1] ?? /^([\d.]+)(?::\d{1,5})?$/.exec(remoteAddress)?.[1] ?? remoteAddress;
  const ipv4 = readIpv4(bare);
  if (ipv4 !== undefined) return ipv4.join(".");
  const groups = readIpv6(bare.replace(/%.*$/s, ""));
  if (groups === undefined) return "";
  const [high = 0, low = 0] = groups.slice(6);
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) {
    return [high >> 8, high & 0xff, low >> 8, low & 0xff].join(".");
  }
  return `${groups
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(":")}::/64`;
}

function readIpv4(text: string): readonly number[] | undefined {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part))) return undefined;
  const numbers = parts.map(Number);
  return numbers.every((number) => number <= 0xff) ? numbers : undefined;
}

/** The eight groups of an IPv6 address in any of the forms of RFC 4291 section 2.2. */
function readIpv6(text: string): readonly number[] | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const [first = "", last] = halves;
  const head = readGroups(first, last === undefined);
  const tail = last === undefined ? [] : readGroups(last, true);
  if (head === undefined || tail === undefined) return undefined;
  const missing = 8 - head.length - tail.length;
  // `::` stands for one group at least.
  if (last !== undefined ? missing < 1 : missing !== 0) return undefined;
  return [...head, ...Array.from({ length: missing }, () => 0), ...tail];
}

/** Groups of 16 bits between colons; those that end the address may end with two of them that are written as an IPv4 address. */
function readGroups(text: string, atEnd: boolean): readonly number[] | undefined {
  if (text === "") return [];
  const groups: number[] = [];
  const parts = text.split(":");
  for (const [at, part] of parts.entries()) {
    if (/^[0-9a-f]{1,4}$/i.test(part)) {
      groups.push(Number.parseInt(part, 16));
      continue;
    }
    const [a, b, c, d] = (atEnd && at === parts.length - 1 ? readIpv4(part) : undefined) ?? [];
    if (a === undefined || b === undefined || c === undefined || d === undefined) return undefined;
    groups.push(a * 256 + b, c * 256 + d);
  }
  return groups;
}

/** UTF-8 as text; `undefined` when it is none: no user name and no password is made of such octets. */
export function decodeText(octets: Uint8Array): string | undefined {
  try {
    return decoder.decode(octets);
  } catch {
    return undefined;
  }
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

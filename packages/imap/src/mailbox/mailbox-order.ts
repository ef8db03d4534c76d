/** Order of mailbox lists: INBOX first, then by name, by code units: the same on every store. */
export function compareMailboxNames(a: string, b: string): number {
  if (a === b) return 0;
  if (a === "INBOX") return -1;
  if (b === "INBOX") return 1;
  return a < b ? -1 : 1;
}

/** Bounds of what one message may cost its reader. Counts are plain numbers, sizes are octets. */
export interface MimeLimits {
  readonly depth: number;
  readonly parts: number;
  readonly topHeader: number;
  readonly partHeader: number;
  readonly keptFields: number;
  readonly boundary: number;
  readonly parameters: number;
  readonly addresses: number;
  readonly references: number;
  readonly token: number;
  readonly packedTexts: number;
}

export const MIME_LIMITS: MimeLimits = {
  /** Multiparts and embedded messages inside one another. Real mail stays under 20; unbounded recursion has been a denial of service in several servers. Deeper parts become leaves. */
  depth: 100,
  /** Body parts of one message, all levels together. After the last one, boundary lines are text. */
  parts: 10_000,
  /** Octets of the message header that are read for ENVELOPE and BODYSTRUCTURE: room for thousands of recipients. Longer headers are stored whole, only not read further. */
  topHeader: 256 * 1024,
  /** The same for every other header: parameters and file names. */
  partHeader: 64 * 1024,
  /** Octets of encoded header values of all parts together. Past it a part tells only its type. Keeps BODYSTRUCTURE, with the fixed text of 10,000 parts, below the 2 MB that one database row can hold. */
  keptFields: 512 * 1024,
  /** RFC 2046 section 5.1.1 allows 70 octets in a boundary. A longer one is cut, which still finds its lines because only the beginning of a line has to match. */
  boundary: 80,
  /** Parameters of one Content-Type or Content-Disposition field. */
  parameters: 500,
  /** Addresses of one field of an ENVELOPE, repeated fields together. The shortest address is 2 octets and costs 32 in the answer. */
  addresses: 4_000,
  /** Message ids kept from References: enough for threading, the first (the root) and the newest ones. */
  references: 50,
  /** Octets of a type, subtype, encoding, charset or disposition that are kept as text for the code. */
  token: 128,
  /** Short texts, and names of fields, that a scanner keeps as it compares them, so many of each, one set for an isolate: most searches have one or two. */
  packedTexts: 32,
};

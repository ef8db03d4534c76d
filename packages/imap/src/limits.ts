/**
 * Every size, count and time-out of the server, each with its reason. Sizes are octets, times are
 * milliseconds. Nothing elsewhere in the source carries a bound of its own.
 */
export const LIMITS = {
  /** A command line without its literals. mailcow had to raise its server's to 2 MB for the UID sets of real clients. */
  lineLength: 2 * 1024 * 1024,
  /** A literal up to this size is collected and parsed with its command; a longer one is streamed past the parser. */
  inlineLiteral: 16 * 1024,
  /** APPENDLIMIT (RFC 7889): what mail services accept today, base64 overhead included. */
  appendSize: 50 * 1024 * 1024,
} as const;

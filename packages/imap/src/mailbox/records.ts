import * as z from "zod";

/** Account ids, mailbox ids (MAILBOXID), message ids (EMAILID) and thread ids (THREADID, RFC 8474) are all UUIDv7. */
export const AccountId = z.uuidv7().brand<"AccountId">();
export type AccountId = z.infer<typeof AccountId>;

export const MailboxId = z.uuidv7().brand<"MailboxId">();
export type MailboxId = z.infer<typeof MailboxId>;

export const EmailId = z.uuidv7().brand<"EmailId">();
export type EmailId = z.infer<typeof EmailId>;

export const ThreadId = z.uuidv7().brand<"ThreadId">();
export type ThreadId = z.infer<typeof ThreadId>;

/** Special uses of RFC 6154 that a mailbox may have; `\All` and `\Flagged` would be virtual and are not offered. */
export const SpecialUse = z.enum(["\\Drafts", "\\Sent", "\\Junk", "\\Trash", "\\Archive"]);
export type SpecialUse = z.infer<typeof SpecialUse>;

/**
 * A mailbox and its counters, all kept current in the transaction of each change, so that STATUS and
 * SELECT read one row whatever the mailbox's size.
 */
export const MailboxRecord = z.object({
  id: MailboxId,
  /** Unicode, NFC, levels separated by `/`; INBOX in capitals. */
  name: z.string(),
  uidValidity: z.int().min(1).max(0xffff_ffff),
  uidNext: z.int().min(1).max(0xffff_ffff),
  /** The highest mod-sequence of any change in the mailbox (RFC 7162); 1 in a new one, never 0. */
  highestModSeq: z.int().min(1),
  messages: z.int().min(0),
  unseen: z.int().min(0),
  deleted: z.int().min(0),
  /** Octets of all messages (STATUS SIZE, RFC 8438). */
  size: z.int().min(0),
  /** Messages from this UID on have not been announced as `\Recent` to any session yet. */
  firstRecentUid: z.int().min(1),
  specialUse: SpecialUse.optional(),
});
export type MailboxRecord = z.infer<typeof MailboxRecord>;

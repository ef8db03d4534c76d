import { LIMITS } from "../limits.ts";

/**
 * The message ids that decide a message's thread (RFC 8474): its own, then In-Reply-To and References as given, each once.
 * The first of them that an account knows already names the thread; all of them then lead to it, so that a reply which
 * comes before its original still meets it. Bounded, because a header may list any number.
 */
export function threadIds(message: { readonly messageId: string | undefined; readonly references: readonly string[] }): string[] {
  const ids = new Set<string>();
  if (isThreadId(message.messageId)) ids.add(message.messageId);
  for (const id of message.references) {
    if (ids.size >= LIMITS.threadReferences) break;
    if (isThreadId(id)) ids.add(id);
  }
  return [...ids];
}

/** Whether a message id takes part in threading at all. */
export function isThreadId(id: string | undefined): id is string {
  return id !== undefined && id.length > 0 && id.length <= LIMITS.messageIdLength;
}

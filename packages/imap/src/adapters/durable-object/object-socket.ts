import { SessionSnapshot } from "../../session/snapshot.ts";
import type { LinkSocket } from "../../transport/session-host.ts";

/** What stands in the attachment of a link's WebSocket. */
type Attachment = { readonly state: "open"; readonly snapshot: unknown } | { readonly state: "closed" };

/** The object's end of a link on a hibernatable WebSocket. */
export function createObjectSocket(socket: WebSocket, over: () => void): LinkSocket {
  let open = true;
  return {
    send(message) {
      if (!open) return;
      try {
        socket.send(message);
      } catch {
        // The edge has gone; webSocketClose or webSocketError ends the session.
        open = false;
      }
    },
    close() {
      if (!open) return;
      open = false;
      // A message that is on its way must not begin the session anew.
      socket.serializeAttachment({ state: "closed" } satisfies Attachment);
      socket.close(1000, "");
      over();
    },
    save(snapshot) {
      if (open) socket.serializeAttachment({ state: "open", snapshot } satisfies Attachment);
    },
  };
}

/** What a WebSocket remembers after the object has slept: `new` before its hello. @throws when the attachment is not ours. */
export function attachmentOf(socket: WebSocket): SessionSnapshot | "new" | "closed" {
  const attachment: unknown = socket.deserializeAttachment();
  if (attachment === null || attachment === undefined) return "new";
  if (!isAttachment(attachment)) throw new Error("A WebSocket with a foreign attachment");
  return attachment.state === "closed" ? "closed" : SessionSnapshot.parse(attachment.snapshot);
}

function isAttachment(value: unknown): value is Attachment {
  return (
    typeof value === "object" &&
    value !== null &&
    "state" in value &&
    (value.state === "closed" || (value.state === "open" && "snapshot" in value))
  );
}

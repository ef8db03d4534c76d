import type { BodyStore } from "../../src/mailbox/body-store.ts";

/** A body store that answers in a later turn of the event loop, as disks and networks do. */
export function slowBodies(bodies: BodyStore): BodyStore {
  return {
    begin(size) {
      const writer = bodies.begin(size);
      return {
        write: (chunk) => later(() => writer.write(chunk)),
        commit: () => later(() => writer.commit()),
        abort: () => later(() => writer.abort()),
      };
    },
    read: (body, offset, length) => later(() => bodies.read(body, offset, length)),
    remove: (body) => later(() => bodies.remove(body)),
  };
}

async function later<T>(work: () => T | Promise<T>): Promise<T> {
  await new Promise((resolve) => setImmediate(resolve));
  return work();
}

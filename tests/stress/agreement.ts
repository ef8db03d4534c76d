import type { Actor } from "./actor.ts";
import type { Box, Found } from "./ledger.ts";

/** Where actors that have settled believe something else than what is there. */
export function disagreements(actors: readonly Actor[], found: ReadonlyMap<Box, Found>): string[] {
  return actors.flatMap(({ name, place: { box, view } }) => {
    const there = found.get(box);
    if (there === undefined) return [`${name} is in ${box}, which is not there`];
    const uids = [...there.ids.keys()];
    if (uids.join() !== view.uids.join()) return [`${name} has in ${box} ${view.uids.join()}, where ${uids.join()} are`];
    return uids.flatMap((uid) => {
      const [believed, actual] = [view.flags, there.flags].map((flags) => [...(flags.get(uid) ?? [])].sort().join(" "));
      return believed === actual ? [] : [`${name} believes that message ${uid} in ${box} has (${believed}), where it has (${actual})`];
    });
  });
}

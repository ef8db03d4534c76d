import { EXTENSIONS } from "../extensions/registry.ts";
import { defineCommand } from "../session/define-command.ts";
import { enableCondstore } from "../session/enable-condstore.ts";

/**
 * ENABLE, RFC 5161. Names that are unknown, or need no enabling, are passed over: K-9 enables UTF8=ACCEPT wherever ENABLE is.
 *
 * Also with a mailbox selected, where clients should not send it; a server need not check.
 */
export const enable = defineCommand({
  name: "ENABLE",
  capabilities: ["ENABLE"],
  states: ["authenticated", "selected"],
  sequences: "all",
  repeatable: true,
  read(args) {
    const names: string[] = [];
    do {
      args.space();
      names.push(args.keyword("capability"));
    } while (!args.atEnd);
    return new Set(names);
  },
  run({ session, emit }, names) {
    const enabled: string[] = [];
    for (const name of names) {
      const enabling = EXTENSIONS.find((extension) => extension.enable?.name === name)?.enable;
      if (enabling === undefined || enabling.features.every((feature) => session.enabled[feature])) continue;
      if (enabling.features.includes("condstore")) enableCondstore(session);
      for (const feature of enabling.features) session.enabled[feature] = true;
      enabled.push(enabling.name);
    }
    emit({ kind: "data", text: ["ENABLED", ...enabled].join(" ") });
  },
});

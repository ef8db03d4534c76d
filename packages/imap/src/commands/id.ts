import { LIMITS } from "../limits.ts";
import type { ArgumentReader } from "../parser/argument-reader.ts";
import { bad } from "../protocol/status-error.ts";
import { defineCommand } from "../session/define-command.ts";

/**
 * ID, RFC 2971. Also before login: Microsoft's cloud sends it there. The answer always names fields:
 * an empty list has broken Outlook.
 */
export const id = defineCommand({
  name: "ID",
  capabilities: ["ID"],
  states: ["not-authenticated", "authenticated", "selected"],
  sequences: "all",
  repeatable: true,
  read(args) {
    args.space();
    return readFields(args);
  },
  run({ session, emit }, fields) {
    session.clientId = fields;
    emit({ kind: "data", text: `ID ("name" ${quoted(session.server.name)} "version" ${quoted(session.server.version)})` });
  },
});

/** id-params = "(" [string SP nstring *(SP string SP nstring)] ")" / nil */
function readFields(args: ArgumentReader): (readonly [string, string])[] {
  const fields: [string, string][] = [];
  if (args.tryNil()) return fields;
  args.open("field list or NIL");
  while (!args.tryClose()) {
    if (fields.length > 0) args.space();
    if (fields.length === LIMITS.idFields) throw bad(`ID takes ${LIMITS.idFields} fields at most`);
    const name = args.string("field name");
    args.space();
    const value = args.nstring("field value");
    if (name.length > LIMITS.idFieldName || (value?.length ?? 0) > LIMITS.idFieldValue) {
      throw bad(`ID takes names of ${LIMITS.idFieldName} and values of ${LIMITS.idFieldValue} octets at most`);
    }
    fields.push([decoder.decode(name), value === undefined ? "" : decoder.decode(value)]);
  }
  return fields;
}

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, "\\$&")}"`;
}

const decoder = new TextDecoder();

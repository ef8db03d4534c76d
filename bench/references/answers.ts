import type { Inputs } from "../inputs.ts";
import type { Reference } from "../references.ts";
import { expectWork, type Run } from "../subjects.ts";

const REPEAT = 64;
const MESSAGES = 4096;
const latin1 = new TextDecoder("latin1");
const encoder = new TextEncoder();

export function answerReferences(inputs: Inputs): Readonly<Record<string, Reference>> {
  return {
    "fetch.plan": { what: "items by name, a Set of field names", setup: () => collectItems(inputs.fields) },
    "fetch.pages": { what: "an object a message, filter, forEach", setup: () => filterMessages(inputs.pageSet) },
    "response.status": { what: "a template string a line, TextEncoder", setup: templateLines },
    "set.format": { what: "an array of ranges, join", setup: () => joinRanges(inputs.uids) },
  };
}

/** The items of the same FETCH, with what has to be known to answer them. */
function collectItems(fields: readonly string[]): Run {
  const asked = ["UID", "RFC822.SIZE", "FLAGS", `BODY[HEADER.FIELDS (${fields.slice(0, 7).join(" ")})]`];
  return () => {
    let items = 0;
    for (let time = 0; time < REPEAT; time++) {
      const plan = new Map(
        asked.map((name) => {
          const names = name.startsWith("BODY[")
            ? name
                .slice(name.indexOf("(") + 1, name.indexOf(")"))
                .toLowerCase()
                .split(" ")
            : [];
          return [name, { label: encoder.encode(` ${name} `), fields: new Set(names) }];
        }),
      );
      items = plan.size;
    }
    expectWork(items === 4);
  };
}

function filterMessages(set: Uint8Array): Run {
  const messages = Array.from({ length: MESSAGES }, (_, at) => ({ uid: at + 1, sequence: at + 1 }));
  const ranges = latin1
    .decode(set)
    .split(",")
    .map((range) => range.split(":").map(Number))
    .map(([from = 0, to = from]) => ({ from, to }));
  return () => {
    let found = 0;
    let sum = 0;
    messages
      .filter(({ uid }) => ranges.some(({ from, to }) => uid >= from && uid <= to))
      .forEach(({ uid, sequence }) => {
        found++;
        sum += sequence - uid;
      });
    expectWork(found > MESSAGES / 2 && sum === 0);
  };
}

function templateLines(): Run {
  const tag = "a1042";
  return () => {
    const lines: string[] = [];
    for (let time = 0; time < REPEAT; time++) {
      lines.push(`* ${172 + time} EXISTS\r\n`, `* ${4 + time} EXPUNGE\r\n`, `* OK [UIDNEXT ${4392 + time}] Predicted next UID\r\n`);
      lines.push(`${tag} OK STORE completed\r\n`);
    }
    expectWork(encoder.encode(lines.join("")).length > REPEAT * 80);
  };
}

function joinRanges(uids: Uint32Array): Run {
  return () => {
    const ranges: [number, number][] = [];
    for (const uid of uids) {
      const last = ranges.at(-1);
      if (last?.[1] === uid - 1) last[1] = uid;
      else ranges.push([uid, uid]);
    }
    expectWork(ranges.map(([from, to]) => (from === to ? `${from}` : `${from}:${to}`)).join(",").length > uids.length);
  };
}

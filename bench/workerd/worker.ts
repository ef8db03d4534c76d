/** The benchmarks as a Worker. Each request times one contender and answers with JSON: bench/workerd/measure.ts takes them in turn. */
import parserModule from "../../packages/imap/src/parser/imap.wasm";
import octetsModule from "../../packages/mime/src/octets.wasm";
import { timeOnce, timeRuns } from "../clock.ts";
import emptyModule from "../cold/empty.wasm";
import { timeCold } from "../cold/first-commands.ts";
import { createInputs, NETWORK_CHUNK } from "../inputs.ts";
import { createReferences } from "../all-references.ts";
import { createSubjects } from "../all-subjects.ts";
import type { Run } from "../subjects.ts";
import { ColdQuery, RunQuery } from "./queries.ts";

const inputs = createInputs();
const subjects = createSubjects({ inputs, wasm: parserModule, octets: octetsModule, chunk: NETWORK_CHUNK });
const references = createReferences(inputs);
/** Set up once: what the engine has learned of a contender stays, round after round. */
const ready = new Map<string, Run>();

function runOf({ name, contender }: RunQuery): Run {
  const key = `${name} ${contender}`;
  const known = ready.get(key);
  if (known !== undefined) return known;
  const setup = contender === "subject" ? subjects[name] : references[name]?.setup;
  if (setup === undefined) throw new Error(`no benchmark ${name}`);
  const run = setup();
  ready.set(key, run);
  return run;
}

function answer({ pathname, searchParams }: URL): unknown {
  const query = Object.fromEntries(searchParams);
  switch (pathname) {
    case "/names":
      return Object.keys(subjects).map((name) => ({ name, reference: references[name]?.what }));
    case "/run": {
      const parsed = RunQuery.parse(query);
      return timeRuns(runOf(parsed), parsed.time);
    }
    case "/cold":
      return timeCold(ColdQuery.parse(query).contender, { parser: parserModule, empty: emptyModule }, inputs.short, timeOnce);
    default:
      throw new Error(`no such benchmark: ${pathname}`);
  }
}

export default {
  fetch(request: Request): Response {
    return Response.json(answer(new URL(request.url)));
  },
};

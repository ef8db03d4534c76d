/** Measures whole servers over real sockets; see USAGE. What is being done goes to standard error. */
import { availableParallelism, loadavg } from "node:os";

import * as z from "zod";

import { OUTPUT_NAMES, OUTPUT_USAGE, OUTPUTS, putReport, readOptions, runProgram, someOf, wholeNumber } from "../command-line.ts";
import { asMarkdown, asText, type Table } from "../report.ts";
import { MAILBOX_SIZES, SEED } from "./corpus.ts";
import { DOVECOT, dovecotInstalled, startDovecot } from "./dovecot-server.ts";
import { growthSvg } from "./growth-svg.ts";
import type { MailServer } from "./mail-server.ts";
import { measureMixed } from "./measure-mixed.ts";
import { measureSize } from "./measure.ts";
import { OPERATIONS } from "./operations.ts";
import { checkPinned, pinSelf, type Processors, twoProcessors } from "./processors.ts";
import { fitGrowth, ServerReport } from "./server-report.ts";
import { startSluice } from "./sluice-server.ts";
import { growthTable, latencyTable, mixedTable, ratiosSvg, sizeTable } from "./server-tables.ts";

const USAGE = `
Usage: pnpm bench:server [OPTIONS]

Starts a server of this tree, fills mailboxes, and measures what mail programs ask.

  --messages N,...    sizes of the mailboxes (1000,10000)
  --only NAME,...     some of the operations, or mixed
  --rounds N          (7)
  --seed N            of the corpus
  --plain             without TLS
  --pin               servers on one processor, this program on another (taskset)
  --dovecot           also at a Dovecot of this machine, in turn
  --dovecot-program FILE  (${DOVECOT})
${OUTPUT_USAGE}
  --svg FILE          draws the growth, or beside Dovecot the ratios

Exit code 0, or 2 where it could not be measured.
`;
/** The name of the mixed load beside the operations. */
const MIXED = "mixed";
const NAMES = [...OPERATIONS.map(({ name }) => name), MIXED];

/** A million fills a disk and takes an hour to write. */
const MOST_MESSAGES = 1_000_000;
const Options = z.strictObject({
  messages: z
    .string()
    .transform((text) => text.split(","))
    .pipe(z.array(wholeNumber(1, MOST_MESSAGES)))
    .default([MAILBOX_SIZES[1], MAILBOX_SIZES[2]]),
  only: someOf("operation", NAMES),
  rounds: wholeNumber(1, 1000).default(7),
  seed: wholeNumber(0, 0xffff_ffff).default(SEED),
  plain: z.boolean().default(false),
  pin: z.boolean().default(false),
  dovecot: z.boolean().default(false),
  "dovecot-program": z.string().min(1).default(DOVECOT),
  ...OUTPUTS,
});
type Options = z.infer<typeof Options>;

function processorsFor({ pin }: Options): Processors | undefined {
  const found = pin ? twoProcessors() : undefined;
  if (typeof found !== "string") return found;
  say(`--pin: skipped, ${found}`);
  return undefined;
}

async function startServers({ plain, dovecot, "dovecot-program": program }: Options, servers: MailServer[]): Promise<void> {
  servers.push(await startSluice(!plain));
  if (!dovecot) return;
  if (dovecotInstalled(program)) servers.push(await startDovecot(program, !plain));
  else say(`Dovecot is not installed (no ${program}; Debian's dovecot-imapd): skipped`);
}

async function measure(options: Options): Promise<ServerReport> {
  const { messages, rounds, seed, plain, only = NAMES } = options;
  const operations = OPERATIONS.filter(({ name }) => only.includes(name));
  const [load = 0] = loadavg();
  const cpus = availableParallelism();
  const pinned = processorsFor(options);
  const servers: MailServer[] = [];
  try {
    // What is started from a pinned process is pinned as well, whatever it starts itself.
    if (pinned !== undefined) pinSelf(pinned.server);
    await startServers(options, servers);
    if (pinned !== undefined) {
      pinSelf(pinned.driver);
      for (const { name, pid } of servers) checkPinned(name, pid, pinned.server);
    }
    const measuring = { operations, rounds, seed, say };
    const sizes: ServerReport["sizes"] = [];
    for (const size of operations.length === 0 ? [] : messages) sizes.push(await measureSize(servers, size, measuring));
    const mixed = only.includes(MIXED) ? await measureMixed(servers, measuring) : undefined;
    return ServerReport.parse({
      seed,
      rounds,
      tls: !plain,
      load,
      cpus,
      pinned,
      servers: servers.map(({ name }) => name),
      sizes,
      growth: fitGrowth(sizes),
      mixed,
    });
  } finally {
    for (const server of servers) await server.stop();
  }
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

function show(report: ServerReport, asTable: (table: Table) => string): string {
  const { servers, sizes, growth, rounds, tls, load, cpus, pinned, mixed } = report;
  const places = pinned === undefined ? "" : `, servers on processor ${pinned.server}, driver on ${pinned.driver}`;
  const parts = [`${tls ? "TLS" : "Plain TCP"}, ${rounds} rounds, ${cpus} CPUs, load at the start ${load.toFixed(1)}${places}.\n`];
  for (const size of sizes) {
    const fills = size.fills.map(({ server, seconds }) => `${server} in ${seconds.toFixed(1)} s`).join(", ");
    parts.push(`${size.messages.toLocaleString("en")} messages, ${(size.octets / 1e6).toFixed(1)} MB; filled: ${fills}\n`);
    parts.push(asTable(sizeTable(size, servers)));
  }
  if (growth.length > 0) parts.push("Growth: time over messages to the power of the exponent\n", asTable(growthTable(report)));
  if (mixed !== undefined) {
    parts.push(`Mixed load: ${mixed.clients} clients of ${mixed.accounts} accounts with ${mixed.messages} messages each\n`);
    parts.push(asTable(mixedTable(mixed)), asTable(latencyTable(mixed)));
  }
  return parts.join("\n");
}

/** The mixed load alone has no growth, and without another server no ratio. */
function draw(report: ServerReport): string | undefined {
  if (report.servers.length > 1) return ratiosSvg(report);
  return report.sizes.length > 0 ? growthSvg(report) : undefined;
}

await runProgram(async () => {
  const texts = ["messages", "only", "rounds", "seed", "dovecot-program", ...OUTPUT_NAMES.texts];
  const options = readOptions(USAGE, Options, { texts, flags: ["plain", "pin", "dovecot", ...OUTPUT_NAMES.flags] });
  const report = await measure(options);
  putReport(report, options, { text: show(report, options.markdown ? asMarkdown : asText), drawing: () => draw(report) });
  return "fine";
});

/**
 * Measures whole servers over real sockets. Usage: `node bench/server/run.ts [--messages N,...] [--only NAME,...] [--rounds N] [--seed N]
 * [--plain] [--dovecot] [--json | --markdown] [--svg FILE]`. What is being done goes to standard error.
 */
import { writeFileSync } from "node:fs";
import { availableParallelism, loadavg } from "node:os";
import { parseArgs } from "node:util";

import * as z from "zod";

import { asMarkdown, asText, type Table } from "../report.ts";
import { MAILBOX_SIZES, SEED } from "./corpus.ts";
import { dovecotInstalled, startDovecot } from "./dovecot-server.ts";
import { growthSvg } from "./growth-svg.ts";
import type { MailServer } from "./mail-server.ts";
import { measureSize, type MeasureOptions } from "./measure.ts";
import { OPERATIONS, type Operation } from "./operations.ts";
import { fitGrowth, ServerReport } from "./server-report.ts";
import { startSluice } from "./sluice-server.ts";
import { growthTable, ratiosSvg, sizeTable } from "./server-tables.ts";

const List = z.string().transform((text) => text.split(","));
const Options = z.strictObject({
  /** A million fills a disk and takes an hour to write. */
  messages: List.pipe(z.array(z.coerce.number<string>().int().min(1).max(1_000_000))).default([MAILBOX_SIZES[1], MAILBOX_SIZES[2]]),
  only: List.optional(),
  rounds: z.coerce.number().int().min(1).max(1000).default(7),
  seed: z.coerce.number().int().min(0).max(0xffff_ffff).default(SEED),
  plain: z.boolean().default(false),
  dovecot: z.boolean().default(false),
  json: z.boolean().default(false),
  markdown: z.boolean().default(false),
  svg: z.string().min(1).optional(),
});
type Options = z.infer<typeof Options>;

const text = { type: "string" } as const;
const flag = { type: "boolean" } as const;
const { values } = parseArgs({
  options: { messages: text, only: text, rounds: text, seed: text, plain: flag, dovecot: flag, json: flag, markdown: flag, svg: text },
});
const options = Options.parse(values);

function chosen(only: readonly string[] | undefined): readonly Operation[] {
  for (const name of only ?? []) {
    if (!OPERATIONS.some((operation) => operation.name === name))
      throw new Error(`There is no operation ${name}, only ${OPERATIONS.map((operation) => operation.name).join(", ")}`);
  }
  return only === undefined ? OPERATIONS : OPERATIONS.filter(({ name }) => only.includes(name));
}

async function measure({ messages, rounds, seed, plain, dovecot }: Options, operations: readonly Operation[]): Promise<ServerReport> {
  const [load = 0] = loadavg();
  const servers: MailServer[] = [];
  try {
    servers.push(await startSluice(!plain));
    if (dovecot && dovecotInstalled()) servers.push(await startDovecot(!plain));
    else if (dovecot) say("Dovecot is not installed (Debian's dovecot-imapd): skipped");
    const measuring: MeasureOptions = { operations, rounds, seed, say };
    const sizes: ServerReport["sizes"] = [];
    for (const size of messages) sizes.push(await measureSize(servers, size, measuring));
    return {
      seed,
      rounds,
      tls: !plain,
      load,
      cpus: availableParallelism(),
      servers: servers.map(({ name }) => name),
      sizes,
      growth: fitGrowth(sizes),
    };
  } finally {
    for (const server of servers) await server.stop();
  }
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

function put(printed: string): void {
  process.stdout.write(printed);
}

function print(report: ServerReport, asTable: (table: Table) => string): void {
  const { servers, sizes, growth, rounds, tls, load, cpus } = report;
  put(`${tls ? "TLS" : "Plain TCP"}, ${rounds} rounds, ${cpus} CPUs, load at the start ${load.toFixed(1)}.\n`);
  for (const size of sizes) {
    const fills = size.fills.map(({ server, seconds }) => `${server} in ${seconds.toFixed(1)} s`).join(", ");
    put(`\n${size.messages.toLocaleString("en")} messages, ${(size.octets / 1e6).toFixed(1)} MB; filled: ${fills}\n\n`);
    put(asTable(sizeTable(size, servers)));
  }
  if (growth.length > 0) put(`\nGrowth: time over messages to the power of the exponent\n\n${asTable(growthTable(report))}`);
}

const report = ServerReport.parse(await measure(options, chosen(options.only)));
if (options.svg !== undefined) writeFileSync(options.svg, report.servers.length > 1 ? ratiosSvg(report) : growthSvg(report));
if (options.json) put(`${JSON.stringify(report, undefined, 2)}\n`);
else print(report, options.markdown ? asMarkdown : asText);

/**
 * Real mail programs against a started server. Usage: `node tests/interop/run.ts [NAME ...]`.
 * Prints a line for each program, and last `interop: N passed, N failed`.
 */
import { removeData, startServer } from "../support/started-server.ts";
import type { Driver } from "./driver.ts";
import { curl } from "./drivers/curl.ts";
import { imapflow } from "./drivers/imapflow.ts";
import { mbsync } from "./drivers/mbsync.ts";
import { neomutt } from "./drivers/neomutt.ts";
import { offlineimap } from "./drivers/offlineimap.ts";
import { thunderbird } from "./drivers/thunderbird.ts";

const DRIVERS: readonly Driver[] = [curl, imapflow, mbsync, offlineimap, neomutt, thunderbird];

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !DRIVERS.some((driver) => driver.name === name));
if (unknown.length > 0) {
  process.stderr.write(`interop: no such program: ${unknown.join(", ")}; there are ${DRIVERS.map((driver) => driver.name).join(", ")}\n`);
  process.exit(1);
}
const chosen = DRIVERS.filter((driver) => wanted.length === 0 || wanted.includes(driver.name));

const server = await startServer();
let passed = 0;
for (const driver of chosen) {
  const started = Date.now();
  const user = driver.name;
  const password = `pw-${driver.name}`;
  let line: string;
  try {
    await server.addAccount(user, password);
    line = `ok ${await driver.run({ host: server.host, port: server.imapsPort, ca: server.ca, user, password })}`;
    passed++;
  } catch (error) {
    line = `FAIL ${error instanceof Error ? error.message : String(error)}`;
  }
  process.stdout.write(`${driver.name}: ${line} ${((Date.now() - started) / 1000).toFixed(1)} s\n`);
}
await server.stop();
await removeData(server);
process.stdout.write(`interop: ${passed} passed, ${chosen.length - passed} failed\n`);
process.exit(passed === chosen.length ? 0 : 1);

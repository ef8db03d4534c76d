import { AdminClient } from "./admin-client.ts";
import { CliError } from "./cli-error.ts";
import { dataDirectoryExists, type DataPaths, readSettings } from "./files/data-directory.ts";
import { serverRuns } from "./files/lock.ts";
import { readRunFile } from "./files/run-file.ts";

/** What a 401 or 403 of that server means to the user. */
export const TOKEN_REFUSED = "the server refuses the token of the data directory; it probably runs on another one (--data)";

/** The running server of a data directory. @throws CliError when there is none. */
export function connectAdmin(paths: DataPaths): AdminClient {
  const settings = dataDirectoryExists(paths) ? readSettings(paths) : undefined;
  if (settings === undefined) throw new CliError(`${paths.root} is no data directory of Sluice: name the running server's with --data DIR`);
  const run = readRunFile(paths.run);
  // A server that was killed leaves its file behind: the token must not go to whoever listens there now.
  if (run === undefined || !serverRuns(paths.lock))
    throw new CliError(`no server runs on ${paths.root}: start it first (sluice start --data DIR)`);
  return new AdminClient(run.http, settings.adminToken);
}

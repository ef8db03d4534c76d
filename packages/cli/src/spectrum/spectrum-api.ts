import type { ListedApplication, WorkerApplication } from "./application.ts";

/** Port: what the Spectrum commands need of Cloudflare. Every call throws CliError with one line when it is refused. */
export interface SpectrumApi {
  /** The script tag of a Worker, or undefined when the account has no Worker of that name. */
  workerId(accountId: string, name: string): Promise<string | undefined>;
  /** Every Spectrum application of a zone. */
  applications(zoneId: string): Promise<readonly ListedApplication[]>;
  /** Returns the id of the new application. */
  create(zoneId: string, application: WorkerApplication): Promise<string>;
  update(zoneId: string, id: string, application: WorkerApplication): Promise<void>;
}

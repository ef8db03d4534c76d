import * as z from "zod";

import { connectHost, formatAddress, type Address } from "./address.ts";
import { CliError, codeOf, messageOf } from "./cli-error.ts";
import { CLI_LIMITS } from "./limits.ts";

const Health = z.object({ status: z.literal("ok"), version: z.string() });
const Account = z.object({ id: z.uuidv7(), name: z.string(), createdAt: z.union([z.string(), z.number()]) });
export type Account = z.infer<typeof Account>;
const AccountList = z.object({ accounts: z.array(Account) });
const NewAccount = z.object({ id: z.uuidv7(), name: z.string() });
const Shutdown = z.object({ connections: z.int().min(0) });
const Refusal = z.object({ error: z.string() });

/** What the server answered, when that is not what was asked for. */
export class AdminRefusal extends Error {
  override readonly name = "AdminRefusal";
  /** The HTTP status. */
  readonly status: number;
  constructor(status: number, text: string) {
    super(text);
    this.status = status;
  }
}

/** The admin API and the metrics of a running server. Every call throws {@link AdminRefusal}, or CliError when no server answers. */
export class AdminClient {
  readonly #origin: string;
  readonly #token: string;

  constructor(http: Address, token: string) {
    this.#origin = `http://${formatAddress({ host: connectHost(http.host), port: http.port })}`;
    this.#token = token;
  }

  /** Whether the server is up: undefined when nothing answers yet, else its version. @throws CliError when nothing ever will. */
  async health(signal: AbortSignal): Promise<string | undefined> {
    try {
      const answer = await fetch(`${this.#origin}/health`, { signal });
      const body: unknown = await answer.json();
      return Health.safeParse(body).data?.version;
    } catch (error) {
      // Ports of other protocols, such as 6000, are closed to fetch, and to every browser.
      if (messageOf(rootCause(error)) === "bad port")
        throw new CliError(`HTTP programs refuse to use the port of ${this.#origin}; choose another with --http HOST:PORT`);
      // Refused, reset, or not JSON: all of it means "not yet" to the caller, whose wait is bounded.
      return undefined;
    }
  }

  async list(): Promise<readonly Account[]> {
    return this.#read(AccountList, await this.#call("GET", "accounts", 200)).accounts;
  }

  /** Returns the account's full name. Status 409 when it exists already. */
  async add(name: string, password: string): Promise<string> {
    return this.#read(NewAccount, await this.#call("POST", "accounts", 201, { name, password })).name;
  }

  /** Status 404 when there is no such account. */
  async setPassword(name: string, password: string): Promise<void> {
    await this.#call("PUT", `accounts/${encodeURIComponent(name)}/password`, 204, { password });
  }

  /** Removes the account and all its mail. Status 404 when there is no such account. */
  async remove(name: string): Promise<void> {
    await this.#call("DELETE", `accounts/${encodeURIComponent(name)}`, 204);
  }

  /** Ends the account's object, which its connections survive. Status 404 when there is no such account. */
  async restart(name: string): Promise<void> {
    await this.#call("POST", `accounts/${encodeURIComponent(name)}/restart`, 204);
  }

  /** Has the server say BYE to all clients and take no more. Returns how many connections are left. */
  async shutDown(patience: number): Promise<number> {
    return this.#read(Shutdown, await this.#call("POST", "shutdown", 200, undefined, patience)).connections;
  }

  /** What the server has counted, as Prometheus text. */
  async metrics(): Promise<string> {
    const text = await this.#request("GET", "/metrics", 200);
    if (!text.startsWith("# HELP sluice_")) throw this.#stranger();
    return text;
  }

  async #call(method: string, path: string, expected: number, body?: object, patience?: number): Promise<unknown> {
    const text = await this.#request(method, `/admin/v1/${path}`, expected, body, patience);
    return text === "" ? undefined : parseJson(text);
  }

  async #request(
    method: string,
    path: string,
    expected: number,
    body?: object,
    patience: number = CLI_LIMITS.adminRequest,
  ): Promise<string> {
    const headers: Record<string, string> = { authorization: `Bearer ${this.#token}` };
    if (body !== undefined) headers["content-type"] = "application/json";
    let answer: Response;
    let text: string;
    try {
      answer = await fetch(`${this.#origin}${path}`, {
        method,
        headers,
        body: body === undefined ? null : JSON.stringify(body),
        redirect: "error",
        signal: AbortSignal.timeout(patience),
      });
      text = await readBounded(answer);
    } catch (error) {
      if (error instanceof CliError) throw error;
      throw new CliError(this.#explain(error, patience));
    }
    if (answer.status === expected) return text;
    const refusal = Refusal.safeParse(parseJson(text));
    throw new AdminRefusal(answer.status, refusal.data?.error ?? `the server answers with HTTP status ${answer.status}`);
  }

  #explain(error: unknown, patience: number): string {
    const cause = rootCause(error);
    if (error instanceof Error && error.name === "TimeoutError")
      return `the server at ${this.#origin} does not answer within ${patience / 1_000} seconds: what was asked may still be done`;
    if (codeOf(cause) === "ECONNREFUSED") return `no Sluice server answers at ${this.#origin} (${messageOf(cause)})`;
    return `the server at ${this.#origin} broke off (${messageOf(cause)}): what was asked may have been done or not`;
  }

  #read<S extends z.ZodType>(schema: S, answer: unknown): z.infer<S> {
    const parsed = schema.safeParse(answer);
    if (!parsed.success) throw this.#stranger();
    return parsed.data;
  }

  #stranger(): CliError {
    return new CliError(`what answers at ${this.#origin} is no Sluice server`);
  }
}

async function readBounded(answer: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  if (answer.body === null) return text;
  for await (const chunk of answer.body) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > CLI_LIMITS.adminAnswer) throw new CliError("the answer of the server is too long");
  }
  return text + decoder.decode();
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** `fetch` hides the reason in the cause of its "fetch failed". */
function rootCause(error: unknown): unknown {
  return error instanceof Error && error.cause !== undefined ? rootCause(error.cause) : error;
}

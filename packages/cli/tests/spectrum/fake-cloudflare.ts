import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";

import { onTestFinished } from "vitest";

import { portOf } from "../temporary.ts";

export const TOKEN = "token-of-the-tests-0123456789";
export const ZONE = "0123456789abcdef0123456789abcdef";
export const ACCOUNT = "fedcba9876543210fedcba9876543210";

interface Application {
  readonly id: string;
  readonly [setting: string]: unknown;
}

/** The endpoints of Cloudflare's API that the Spectrum commands use, on this machine. */
export class FakeCloudflare {
  /** Method and path of each request. */
  readonly requests: string[] = [];
  /** Bodies of the writing ones. */
  readonly bodies: unknown[] = [];
  applications: Application[] = [];
  workers: { readonly id: string; readonly tag: string }[] = [];
  /** Answers to everything, when set. */
  refusal: { readonly status: number; readonly body: string } | undefined;
  /** Answers to everything that writes, when set. */
  writeRefusal: FakeCloudflare["refusal"];
  url = "";

  static async start(): Promise<FakeCloudflare> {
    const fake = new FakeCloudflare();
    const server = createServer((request, response) => {
      const answer = async (): Promise<void> => {
        const { status, body } = await fake.#answer(request);
        response.writeHead(status, { "content-type": "application/json" }).end(body);
      };
      answer().catch((error: unknown) => response.destroy(error instanceof Error ? error : new Error(String(error))));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    fake.url = `http://127.0.0.1:${portOf(server)}/client/v4`;
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    return fake;
  }

  async #answer(request: IncomingMessage): Promise<{ readonly status: number; readonly body: string }> {
    let text = "";
    for await (const chunk of request) text += String(chunk);
    const { pathname, searchParams } = new URL(request.url ?? "/", this.url);
    this.requests.push(`${request.method} ${pathname.replace("/client/v4", "")}`);
    if (this.refusal !== undefined) return this.refusal;
    if (request.headers.authorization !== `Bearer ${TOKEN}`) return failure(403, 10_000, "Authentication error");
    const apps = `/client/v4/zones/${ZONE}/spectrum/apps`;
    if (request.method === "GET" && pathname === apps) {
      // Pages of two, so that a client that reads the first only is found out.
      const page = Number(searchParams.get("page") ?? "1");
      return success(this.applications.slice((page - 1) * 2, page * 2), { page, per_page: 2, total_count: this.applications.length });
    }
    if (request.method === "GET" && pathname === `/client/v4/accounts/${ACCOUNT}/workers/scripts`) return success(this.workers);
    const body: unknown = text === "" ? undefined : JSON.parse(text);
    if (typeof body !== "object" || body === null) return failure(404, 7003, "Could not route");
    this.bodies.push(body);
    if (this.writeRefusal !== undefined) return this.writeRefusal;
    if (request.method === "POST" && pathname === apps) {
      const created = { ...body, id: `app-${this.applications.length + 1}`, created_on: "2026-11-02T00:00:00Z" };
      this.applications.push(created);
      return success(created);
    }
    const id = pathname.slice(apps.length + 1);
    const at = this.applications.findIndex((application) => application.id === id);
    if (request.method !== "PUT" || at < 0) return failure(404, 7003, "Could not route");
    const updated = { ...body, id };
    this.applications[at] = updated;
    return success(updated);
  }
}

function success(result: unknown, resultInfo?: object): { readonly status: number; readonly body: string } {
  return { status: 200, body: JSON.stringify({ success: true, errors: [], messages: [], result, result_info: resultInfo }) };
}

function failure(status: number, code: number, message: string): { readonly status: number; readonly body: string } {
  return { status, body: JSON.stringify({ success: false, errors: [{ code, message }], messages: [], result: null }) };
}

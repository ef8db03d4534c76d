import type { Logger } from "../observability/logger.ts";
import { SUBPROTOCOL } from "../transport/websocket-bridge.ts";
import { handleAdmin, isAdminPath, type AdminServices } from "./admin-api.ts";
import { HttpError, jsonResponse } from "./json.ts";
import { handleMetrics, type MetricsServices } from "./metrics-endpoint.ts";

export interface RouterServices {
  readonly version: string;
  readonly log: Logger;
  readonly admin: AdminServices;
  readonly metrics: MetricsServices;
  /** Accepts an IMAP connection over WebSocket; `keep` takes the work that goes on after the answer. */
  acceptWebSocket(remoteAddress: string, subprotocol: string, keep: (work: Promise<void>) => void): Response;
}

export interface Router {
  /** Answers one HTTP request. Never rejects. */
  handle(request: Request, keep: (work: Promise<void>) => void): Promise<Response>;
}

/** `/health`, `/metrics`, `/imap` and `/admin`; everything else is 404. */
export function createRouter(services: RouterServices): Router {
  async function route(request: Request, keep: (work: Promise<void>) => void): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (pathname === "/health") {
      if (request.method !== "GET" && request.method !== "HEAD") throw new HttpError(405, "Method not allowed");
      return jsonResponse(200, { status: "ok", version: services.version });
    }
    if (pathname === "/imap") return upgrade(request, keep);
    if (pathname === "/metrics") return handleMetrics(request, services.metrics);
    if (isAdminPath(pathname)) return handleAdmin(request, services.admin);
    throw new HttpError(404, "No such resource");
  }

  function upgrade(request: Request, keep: (work: Promise<void>) => void): Response {
    if (request.headers.get("Upgrade")?.toLowerCase() !== "websocket") throw new HttpError(426, "Expected a WebSocket");
    const offered = (request.headers.get("Sec-WebSocket-Protocol") ?? "").split(",").map((name) => name.trim());
    if (!offered.includes(SUBPROTOCOL)) throw new HttpError(400, `Expected the WebSocket subprotocol ${SUBPROTOCOL}`);
    return services.acceptWebSocket(request.headers.get("CF-Connecting-IP") ?? "", SUBPROTOCOL, keep);
  }

  return {
    async handle(request, keep) {
      try {
        return await route(request, keep);
      } catch (error) {
        if (error instanceof HttpError) return error.toResponse();
        services.log.fault("HTTP request failed", error, { path: new URL(request.url).pathname.slice(0, 200) });
        return new HttpError(500, "Internal error").toResponse();
      }
    },
  };
}

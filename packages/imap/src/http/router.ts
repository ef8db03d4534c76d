import type { Logger } from "../observability/logger.ts";
import { SUBPROTOCOLS, type Subprotocol } from "../transport/websocket-bridge.ts";
import { handleAdmin, isAdminPath, type AdminServices } from "./admin-api.ts";
import { HttpError, jsonResponse } from "./json.ts";
import { handleMetrics, type MetricsServices } from "./metrics-endpoint.ts";

export interface RouterServices {
  readonly version: string;
  readonly log: Logger;
  readonly admin: AdminServices;
  readonly metrics: MetricsServices;
  /** Origins whose pages may open the WebSocket, beside that of the request itself; `*` is all. */
  readonly webSocketOrigins: readonly string[];
  /** Whether the subprotocol `imap` is served, or only `imap.flow`. */
  readonly webSocketPlain: boolean;
  /** The header that holds the client's address; without one it is not known. */
  readonly clientAddressHeader: string | undefined;
  /** Accepts an IMAP connection over WebSocket; `keep` takes the work that goes on after the answer. */
  acceptWebSocket(remoteAddress: string, subprotocol: Subprotocol, keep: (work: Promise<void>) => void): Response;
}

export interface Router {
  /** Answers one HTTP request. Never rejects. */
  handle(request: Request, keep: (work: Promise<void>) => void): Promise<Response>;
}

/** `/health`, `/metrics`, `/imap` and `/admin`; everything else is 404. */
export function createRouter(services: RouterServices): Router {
  const served = SUBPROTOCOLS.filter((name) => services.webSocketPlain || name !== "imap");

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
    if (!isOriginAllowed(request)) throw new HttpError(403, "Pages of this origin may not connect: it is not in WEBSOCKET_ORIGINS");
    const offered = (request.headers.get("Sec-WebSocket-Protocol") ?? "").split(",").map((name) => name.trim());
    const subprotocol = served.find((name) => offered.includes(name));
    if (subprotocol === undefined) throw new HttpError(400, `Expected the WebSocket subprotocol ${served.join(" or ")}`);
    const { clientAddressHeader } = services;
    const remoteAddress = clientAddressHeader === undefined ? null : request.headers.get(clientAddressHeader);
    return services.acceptWebSocket(remoteAddress ?? "", subprotocol, keep);
  }

  /** Browsers let any page open a WebSocket anywhere, and say which page it was. Programs send no Origin. */
  function isOriginAllowed(request: Request): boolean {
    const origin = request.headers.get("Origin");
    if (origin === null) return true;
    const { webSocketOrigins } = services;
    if (webSocketOrigins.includes("*") || webSocketOrigins.includes(origin)) return true;
    // The host alone: a proxy that ends TLS makes http of https.
    return URL.canParse(origin) && new URL(origin).host === new URL(request.url).host;
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

import { METRICS_TYPE } from "../observability/metrics-text.ts";
import { checkBearerToken } from "./bearer-token.ts";
import { HttpError } from "./json.ts";

export interface MetricsServices {
  /** Each one lets a scraper in. With none of them set there are no metrics. */
  readonly tokens: readonly (string | undefined)[];
  /** The metrics as Prometheus text. */
  render(): string;
}

/** Answers `/metrics`. @throws HttpError */
export function handleMetrics(request: Request, services: MetricsServices): Response {
  checkBearerToken(request, services.tokens, "The metrics are off: neither METRICS_TOKEN nor ADMIN_TOKEN is set");
  if (request.method !== "GET" && request.method !== "HEAD") throw new HttpError(405, "Method not allowed");
  return new Response(services.render(), { headers: { "Content-Type": METRICS_TYPE, "Cache-Control": "no-store" } });
}

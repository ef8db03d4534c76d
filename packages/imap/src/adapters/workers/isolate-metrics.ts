import { Metrics } from "../../observability/metrics.ts";

/**
 * What this isolate has counted since it started: the connections of its edge, and the account objects that live in it.
 * In plain workerd that is the whole server.
 */
export const isolateMetrics = new Metrics();

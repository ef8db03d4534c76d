import * as z from "zod";

import { COLD_CONTENDERS } from "../cold/first-commands.ts";

export const CONTENDERS = ["subject", "reference"] as const;
export type Contender = (typeof CONTENDERS)[number];

/** What is asked of bench/workerd/worker.ts: to time one contender for some milliseconds, */
export const RunQuery = z.strictObject({ name: z.string(), contender: z.enum(CONTENDERS), time: z.coerce.number().positive() });
export type RunQuery = z.infer<typeof RunQuery>;

/** or its first work in a fresh process. */
export const ColdQuery = z.strictObject({ contender: z.enum(COLD_CONTENDERS) });

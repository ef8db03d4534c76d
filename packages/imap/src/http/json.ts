import type * as z from "zod";

import { LIMITS } from "../limits.ts";

/** An HTTP request that fails on purpose. */
export class HttpError extends Error {
  override readonly name = "HttpError";
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }

  toResponse(): Response {
    const headers: Record<string, string> = this.status === 401 ? { "WWW-Authenticate": "Bearer" } : {};
    return jsonResponse(this.status, { error: this.message }, headers);
  }
}

export function jsonResponse(status: number, value: unknown, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(value), {
    status,
    headers: { "Content-Type": "application/json", "Cache-Control": "no-store", ...headers },
  });
}

/** Reads a JSON body of at most LIMITS.adminBody octets. @throws HttpError 400 or 413; its text never holds a value. */
export async function readJson<S extends z.ZodType>(request: Request, schema: S): Promise<z.infer<S>> {
  const text = await readText(request);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new HttpError(400, "Expected a body of JSON");
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues
    .slice(0, 5)
    .map(({ path, message }) => (path.length > 0 ? `${path.join(".")}: ${message}` : message));
  throw new HttpError(400, problems.join("; "));
}

async function readText(request: Request): Promise<string> {
  if (request.body === null) return "";
  const reader: ReadableStreamDefaultReader<Uint8Array> = request.body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  let octets = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    octets += value.length;
    if (octets > LIMITS.adminBody) {
      await reader.cancel();
      throw new HttpError(413, `A request has ${LIMITS.adminBody} octets at most`);
    }
    text += decoder.decode(value, { stream: true });
  }
}

import { InMemoryServer, type InMemoryConnection, type InMemoryServerOptions } from "./in-memory-server.ts";

/** One thing that happens in a transcript. */
export type TranscriptStep =
  | { readonly kind: "client"; readonly connection: number; readonly line: number; readonly octets: Uint8Array }
  /** A line of the server without CRLF, one character for each octet, or what it must match as a whole. */
  | { readonly kind: "server"; readonly connection: number; readonly line: number; readonly expected: string | RegExp }
  | { readonly kind: "closed"; readonly connection: number; readonly line: number };

/** One `##` section: a server of its own. */
export interface Transcript {
  readonly title: string;
  /** Line of the heading in the file. */
  readonly line: number;
  readonly authenticated: boolean;
  /** Played in one way only: its answers depend on what comes in one piece. */
  readonly whole: boolean;
  readonly steps: readonly TranscriptStep[];
}

/**
 * Reads a Markdown file of transcripts. See tests/transcripts/README.md for the format.
 * @throws Error naming the line that is not understood
 */
export function parseTranscripts(markdown: string): readonly Transcript[] {
  const transcripts: { title: string; line: number; authenticated: boolean; whole: boolean; steps: TranscriptStep[] }[] = [];
  let inFence = false;
  let speaker: { client: boolean; connection: number } | undefined;
  for (const [at, text] of markdown.split("\n").entries()) {
    const line = at + 1;
    const current = transcripts.at(-1);
    if (text.startsWith("```")) {
      inFence = !inFence && /^```imap( |$)/.test(text);
      speaker = undefined;
      if (!inFence) continue;
      if (current === undefined) throw new Error(`line ${line}: a transcript needs a heading`);
      for (const word of text.slice(7).split(" ").filter(Boolean)) {
        if (word === "not-authenticated") current.authenticated = false;
        else if (word === "whole") current.whole = true;
        else throw new Error(`line ${line}: unknown word ${word} after the fence`);
      }
      continue;
    }
    if (!inFence) {
      if (text.startsWith("## ")) transcripts.push({ title: text.slice(3).trim(), line, authenticated: true, whole: false, steps: [] });
      continue;
    }
    if (current === undefined) throw new Error(`line ${line}: a transcript needs a heading`);
    const prefix = /^([CS])([0-9]*):(?: (.*))?$/.exec(text);
    if (prefix !== null) speaker = { client: prefix[1] === "C", connection: Number(prefix[2] || 1) };
    if (speaker === undefined) throw new Error(`line ${line}: expected "C: " or "S: "`);
    const { client, connection } = speaker;
    const content = prefix === null ? text : (prefix[3] ?? "");
    if (client) current.steps.push({ kind: "client", connection, line, octets: octetsOf(`${content}\r\n`) });
    else if (prefix !== null && content === "<closed>") current.steps.push({ kind: "closed", connection, line });
    else current.steps.push({ kind: "server", connection, line, expected: expectation(content, prefix !== null) });
  }
  if (inFence) throw new Error("the last fence is not closed");
  return transcripts.filter(({ steps }) => steps.length > 0);
}

/** How a transcript is played: `split` cuts what the client sends; `inlineLiteral` is the framer's limit. */
export interface PlayOptions {
  readonly split: (octets: Uint8Array) => Iterable<Uint8Array>;
  readonly inlineLiteral?: number;
  readonly server?: InMemoryServerOptions;
}

/** Plays a transcript against a fresh server. @throws Error with the line at which the server said something else */
export async function playTranscript({ steps, authenticated }: Transcript, options: PlayOptions): Promise<void> {
  const server = new InMemoryServer({ ...options.server, authenticated });
  const clients = new Map<number, { connection: InMemoryConnection; unread: string }>();
  const clientOf = (number: number) => {
    let client = clients.get(number);
    if (client === undefined) clients.set(number, (client = { connection: server.connect(options.inlineLiteral), unread: "" }));
    return client;
  };
  // Whoever is told of changes is connected from the start.
  for (const { connection } of steps) clientOf(connection);

  for (let at = 0; at < steps.length;) {
    const step = steps[at];
    if (step === undefined) break;
    const client = clientOf(step.connection);
    if (step.kind === "client") {
      client.unread += client.connection.take();
      if (client.unread !== "") throw new Error(`line ${step.line}: before this the server said also ${quote(client.unread)}`);
      if (client.connection.closed) throw new Error(`line ${step.line}: the server has closed the connection`);
      const sent: Uint8Array[] = [];
      for (let next = steps[at]; next?.kind === "client" && next.connection === step.connection; next = steps[++at]) sent.push(next.octets);
      for (const chunk of options.split(Buffer.concat(sent))) if (!client.connection.closed) await client.connection.send(chunk);
      continue;
    }
    at++;
    client.unread += client.connection.take();
    if (step.kind === "closed") {
      if (client.unread !== "") throw new Error(`line ${step.line}: before closing the server said also ${quote(client.unread)}`);
      if (!client.connection.closed) throw new Error(`line ${step.line}: the server has not closed the connection`);
      continue;
    }
    const end = client.unread.indexOf("\r\n");
    const line = end < 0 ? client.unread : client.unread.slice(0, end);
    const { expected } = step;
    if (end < 0 || !(typeof expected === "string" ? line === expected : expected.test(line))) {
      throw new Error(
        `line ${step.line}: expected ${quote(expected)}, the server said ${end < 0 && line === "" ? "nothing" : quote(line)}`,
      );
    }
    client.unread = client.unread.slice(end + 2);
  }
  for (const [number, { connection, unread }] of clients) {
    const rest = unread + connection.take();
    if (rest !== "") throw new Error(`at the end the server said also to C${number}: ${quote(rest)}`);
    await connection.end();
  }
  if (server.faults.length > 0) throw new Error("the server met what it did not foresee", { cause: server.faults[0] });
}

/** Plays a transcript, and says what went wrong, if anything did. */
export async function failureOf(transcript: Transcript, options: PlayOptions): Promise<string | undefined> {
  try {
    await playTranscript(transcript, options);
    return undefined;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return error.cause instanceof Error ? `${error.message}: ${error.cause.stack}` : error.message;
  }
}

/** All at once. */
export function* asOne(octets: Uint8Array): Iterable<Uint8Array> {
  yield octets;
}

export function* byteByByte(octets: Uint8Array): Iterable<Uint8Array> {
  for (let at = 0; at < octets.length; at++) yield octets.slice(at, at + 1);
}

/** Splits at points that are random but the same each time. */
export function randomSplits(seed: number): (octets: Uint8Array) => Iterable<Uint8Array> {
  let state = seed;
  const random = (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  return function* split(octets) {
    for (let at = 0; at < octets.length;) {
      const length = 1 + random(random(4) === 0 ? 200 : 20);
      yield octets.slice(at, at + length);
      at += length;
    }
  };
}

function expectation(content: string, mayBePattern: boolean): string | RegExp {
  const pattern = mayBePattern ? /^\/(.*)\/$/.exec(content)?.[1] : undefined;
  return pattern === undefined ? Buffer.from(octetsOf(content)).toString("latin1") : new RegExp(`^(?:${pattern})$`);
}

/** Text in UTF-8, where `<U+00E9>` is a character and `<0xE9>` an octet: the files themselves are ASCII. */
function octetsOf(content: string): Uint8Array {
  const parts = content.split(/<(U\+[0-9A-F]{4,6}|0x[0-9A-F]{2})>/);
  const encoded = parts.map((part, at) => {
    if (at % 2 === 0) return Buffer.from(part);
    return part.startsWith("U+") ? Buffer.from(String.fromCodePoint(Number.parseInt(part.slice(2), 16))) : Buffer.from([Number(part)]);
  });
  return Uint8Array.from(Buffer.concat(encoded));
}

function quote(value: string | RegExp): string {
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}

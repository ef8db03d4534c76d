import type { ArgumentReader } from "../parser/argument-reader.ts";
import type { LiteralHeader } from "../parser/framer.ts";
import type { Response } from "../protocol/response.ts";
import type { ResponseCode } from "../protocol/response-code.ts";
import type { Session, SessionStateNamed, StateName } from "./session.ts";

/** What stands in the tagged OK beyond its default text `NAME completed`. */
export interface Completion {
  readonly code?: ResponseCode | undefined;
  readonly text?: string;
  /** What was thrown beside the answer, which is right without it: not the client's concern. */
  readonly fault?: unknown;
}

/**
 * Work that is too long for one turn: FETCH and SEARCH over many messages, COPY of many.
 *
 * The dispatcher calls `step` again and again while the client's window has room. Each call writes
 * about one page or 64 KiB to the session's output and returns `undefined` while more is left. All
 * progress is in the object, so that nothing is held on a stack while a slow client reads.
 */
export interface Task {
  step(): Completion | undefined | Promise<Completion | undefined>;
  /** Between two steps: what was written so far ends inside of a response, and nothing else may be said. */
  readonly responseOpen?: boolean;
  /** The session ended before the work did: release what is held. */
  abort?(): void;
}

/** The command waits for the client's next line, which goes to `line` and not to the parser (IDLE, AUTHENTICATE). */
export interface Continuation {
  /** Text of the `+` response. */
  readonly prompt: string;
  /** While it waits, changes in the selected mailbox are told at once. */
  readonly idle: boolean;
  /** Gets the line without its CRLF. Throws StatusError to fail the command. */
  line(line: Uint8Array): RunResult;
}

export type RunResult = Completion | Task | Continuation | undefined | void | Promise<Completion | Task | Continuation | undefined | void>;

export interface CommandContext<N extends StateName = StateName> {
  readonly session: Session;
  /** The session's state at the start of the command, narrowed to what the command allows. */
  readonly state: SessionStateNamed<N>;
  /** Emits an untagged response. */
  readonly emit: (response: Response) => void;
}

/**
 * What of the mailbox may be told once the command has ended:
 * `none`: nothing; `keep`: no EXPUNGE, because the client counts on its sequence numbers
 * (RFC 9051 section 7.5.1: FETCH, STORE, SEARCH); `all`: everything.
 */
export type SequenceClass = "none" | "keep" | "all";

export interface CommandDefinition<Args, N extends StateName> {
  /** As in the protocol, upper case, `UID FETCH` with one space. */
  readonly name: string;
  /** Capabilities that are advertised because this command is there. */
  readonly capabilities?: readonly string[];
  readonly states: readonly N[];
  readonly sequences: SequenceClass;
  /** Arguments hold a password: they never reach a log. */
  readonly sensitive?: boolean;
  /** Run twice it does what it does once: it may be repeated where nobody knows whether it was run. False where nothing is said. */
  readonly repeatable?: boolean;
  /** Takes the arguments left to right; a syntax error is thrown as BAD. The dispatcher checks that nothing is left. */
  read(args: ArgumentReader, context: CommandContext<N>): Args;
  run(context: CommandContext<N>, args: Args): RunResult;
}

/**
 * A command whose literals are streamed to it (APPEND). It gets its pieces as they come; inline
 * literals are simply part of a piece. Throwing from `piece` refuses the literal that the piece ends with.
 */
export interface StreamingDefinition<N extends StateName> {
  readonly name: string;
  readonly capabilities?: readonly string[];
  readonly states: readonly N[];
  readonly sequences: SequenceClass;
  readonly sensitive?: boolean;
  stream(context: CommandContext<N>): StreamingRun;
}

export interface StreamingRun {
  /** One piece of the command. `literal` is set when the piece ends with a streamed literal: returning accepts it. */
  piece(args: ArgumentReader, literal: LiteralHeader | undefined): void | Promise<void>;
  chunk(data: Uint8Array): void | Promise<void>;
  literalEnd(): void | Promise<void>;
  /** The command is complete. */
  finish(): Completion | Promise<Completion>;
  /** The command failed or the session ended: leave nothing behind. */
  abort(): void | Promise<void>;
}

/** A command as the registry holds it: its argument type is closed over, so the registry needs no cast. */
export interface Command {
  readonly name: string;
  /** The default text of its tagged OK. */
  readonly completed: string;
  readonly capabilities: readonly string[];
  readonly states: readonly StateName[];
  readonly sequences: SequenceClass;
  readonly sensitive: boolean;
  readonly repeatable: boolean;
  readonly streaming: boolean;
  /** For an ordinary command: reads all arguments, then checks the state, then works. */
  execute(session: Session, args: ArgumentReader, emit: (response: Response) => void): RunResult;
  /** For a streaming one. */
  open(session: Session, emit: (response: Response) => void): StreamingRun;
}

import type { Limits } from "../limits.ts";
import type { Clock } from "./ports.ts";

/** What is due. */
export type Due = "login" | "idle" | "command" | "keep-alive" | "relink" | "drain" | "linger";

/**
 * The time-outs of one connection with one armed timer.
 *
 * Deadlines move with each command; the timer is armed for the earliest when it was set and looks again
 * when it wakes, so a busy connection arms nothing.
 */
export class ConnectionTimer {
  readonly #clock: Clock;
  readonly #delays: Readonly<Record<Due, number>>;
  readonly #due: (what: Due) => void;
  readonly #deadlines = new Map<Due, number>();
  #armedFor = Infinity;
  #cancel: (() => void) | undefined;

  constructor(clock: Clock, limits: Limits, due: (what: Due) => void) {
    this.#clock = clock;
    this.#delays = delaysOf(limits);
    this.#due = due;
  }

  /** `what` is due after its time; counts anew if it was set already. */
  set(what: Due): void {
    const at = this.#clock.now() + this.#delays[what];
    this.#deadlines.set(what, at);
    if (at < this.#armedFor) this.#arm(at);
  }

  has(what: Due): boolean {
    return this.#deadlines.has(what);
  }

  clear(what: Due): void {
    this.#deadlines.delete(what);
  }

  /** Nothing is due any more. */
  stop(): void {
    this.#deadlines.clear();
    this.#cancel?.();
    this.#cancel = undefined;
    this.#armedFor = Infinity;
  }

  #arm(at: number): void {
    this.#cancel?.();
    this.#armedFor = at;
    this.#cancel = this.#clock.timer(Math.max(0, at - this.#clock.now()), () => this.#wake());
  }

  #wake(): void {
    this.#cancel = undefined;
    this.#armedFor = Infinity;
    const now = this.#clock.now();
    for (const [what, at] of this.#deadlines) {
      // One that is set anew meanwhile comes again, and is not due.
      if (at > now) continue;
      this.#deadlines.delete(what);
      this.#due(what);
    }
    const next = Math.min(...this.#deadlines.values());
    if (next < this.#armedFor) this.#arm(next);
  }
}

/** Milliseconds, the same object for all connections with the same limits: there are many. */
function delaysOf(limits: Limits): Readonly<Record<Due, number>> {
  let delays = known.get(limits);
  if (delays === undefined) {
    delays = {
      login: limits.loginTime,
      idle: limits.idleTime,
      command: limits.commandTime,
      "keep-alive": limits.keepAliveTime,
      relink: limits.relinkTime,
      drain: limits.drainTime,
      linger: limits.lingerTime,
    };
    known.set(limits, delays);
  }
  return delays;
}

const known = new WeakMap<Limits, Readonly<Record<Due, number>>>();

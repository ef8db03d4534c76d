import { LIMITS, type Limits } from "../limits.ts";

/** Why a connection is not served: the name of its limit in limits.ts. */
export type FullBecause = "connectionsPerAddress" | "connectionsPerIsolate";

/** Counts the connections of one isolate, as a whole and by client address. Whoever enters must leave. */
export class ConnectionCount {
  readonly #limits: Pick<Limits, FullBecause>;
  readonly #byAddress = new Map<string, number>();
  #all = 0;
  #refusals = 0;

  constructor(limits: Pick<Limits, FullBecause>) {
    this.#limits = limits;
  }

  /** Counts a connection of `address`, an `addressKey`; an unknown one counts only for the isolate. Anything but `undefined`: it is one too many, and is not counted. */
  enter(address: string): FullBecause | undefined {
    if (this.#all >= this.#limits.connectionsPerIsolate) return "connectionsPerIsolate";
    const before = this.#byAddress.get(address) ?? 0;
    if (before >= this.#limits.connectionsPerAddress) return "connectionsPerAddress";
    this.#all++;
    if (address !== "") this.#byAddress.set(address, before + 1);
    return undefined;
  }

  leave(address: string): void {
    this.#all--;
    const left = (this.#byAddress.get(address) ?? 0) - 1;
    if (left > 0) this.#byAddress.set(address, left);
    else this.#byAddress.delete(address);
  }

  /** Counts a connection that is being told that it is one too many. False: there are too many of these too. */
  enterRefusal(): boolean {
    if (this.#refusals >= LIMITS.refusals) return false;
    this.#refusals++;
    return true;
  }

  leaveRefusal(): void {
    this.#refusals--;
  }
}

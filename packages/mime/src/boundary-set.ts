import { CR, DASH, LF } from "./ascii.ts";

/** A multipart whose boundary lines are being looked for. */
export interface Boundary<Owner> {
  readonly owner: Owner;
  readonly length: number;
  /** Position among the open boundaries, outermost first. */
  readonly order: number;
}

interface Node<Owner> {
  readonly parent: Node<Owner> | undefined;
  readonly octet: number;
  readonly next: Map<number, Node<Owner>>;
  /** The open boundaries that end here, innermost last: the same boundary may be used at several levels. */
  readonly open: Boundary<Owner>[];
}

/** A boundary line that was recognized. */
export interface BoundaryMatch<Owner> {
  readonly boundary: Boundary<Owner>;
  /** It ends with two more dashes: no part follows. */
  readonly closing: boolean;
}

/**
 * The boundaries of the open multiparts, as a tree of their octets.
 *
 * A line costs at most one step for each octet of the longest boundary, however many multiparts are open: matching
 * the line against each of them would let a message of nested parts cost depth times lines.
 */
export class BoundarySet<Owner> {
  readonly #root: Node<Owner> = { parent: undefined, octet: -1, next: new Map(), open: [] };
  readonly #open: { boundary: Boundary<Owner>; node: Node<Owner> }[] = [];
  /** Steps taken by `match` so far: what a hostile message makes it work. */
  steps = 0;

  get size(): number {
    return this.#open.length;
  }

  /** The part that the innermost open boundary belongs to. */
  get innermost(): Owner | undefined {
    return this.#open.at(-1)?.boundary.owner;
  }

  open(text: Uint8Array, owner: Owner): void {
    let node = this.#root;
    for (const octet of text) {
      let next = node.next.get(octet);
      if (next === undefined) {
        next = { parent: node, octet, next: new Map(), open: [] };
        node.next.set(octet, next);
      }
      node = next;
    }
    const boundary = { owner, length: text.length, order: this.#open.length };
    node.open.push(boundary);
    this.#open.push({ boundary, node });
  }

  /** Closes every boundary inside `boundary`, and that one too when `inclusive`. */
  closeInside(boundary: Boundary<Owner>, inclusive: boolean): void {
    const keep = boundary.order + (inclusive ? 0 : 1);
    while (this.#open.length > keep) {
      let node = this.#open.pop()?.node;
      node?.open.pop();
      while (node?.parent !== undefined && node.open.length === 0 && node.next.size === 0) {
        node.parent.next.delete(node.octet);
        node = node.parent;
      }
    }
  }

  /**
   * The boundary that the line `[start, end)` belongs to. The line may be cut and may end with its line end.
   *
   * RFC 2046 section 5.1.1: the line only has to begin with the boundary. Where several match, the longest one is meant,
   * and of equal ones the innermost. `--x--` can be the end of "x" or a part of "x--": the innermost decides.
   */
  match(bytes: Uint8Array, start: number, end: number): BoundaryMatch<Owner> | undefined {
    if (this.#open.length === 0 || bytes[start] !== DASH || bytes[start + 1] !== DASH || end - start < 2) return undefined;
    const from = start + 2;
    let to = end;
    if (to > from && bytes[to - 1] === LF) to--;
    if (to < end && to > from && bytes[to - 1] === CR) to--;

    let node: Node<Owner> | undefined = this.#root;
    let best = node.open.at(-1);
    let at = from;
    while (at < to) {
      this.steps++;
      node = node.next.get(bytes[at] ?? 0);
      if (node === undefined) break;
      at++;
      const found = node.open.at(-1);
      if (found === undefined) continue;
      if (best === undefined || !isClosedHere(best, found, bytes, from, to)) best = found;
    }
    if (best === undefined) return undefined;
    const after = from + best.length;
    return { boundary: best, closing: after + 2 <= end && bytes[after] === DASH && bytes[after + 1] === DASH };
  }
}

/** Whether the line is the end of `shorter` rather than a line of `longer`, which has the closing dashes in its name. */
function isClosedHere<Owner>(shorter: Boundary<Owner>, longer: Boundary<Owner>, bytes: Uint8Array, from: number, to: number): boolean {
  const exact = from + shorter.length + 2 === to && shorter.length > 0;
  return exact && bytes[to - 1] === DASH && bytes[to - 2] === DASH && shorter.order > longer.order;
}

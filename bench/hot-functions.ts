import * as z from "zod";

const ProfileNode = z.object({
  id: z.int(),
  callFrame: z.object({ functionName: z.string(), url: z.string(), lineNumber: z.int() }),
  /** Samples in the function itself. */
  hitCount: z.int().optional(),
  children: z.array(z.int()).optional(),
});
export type ProfileNode = z.infer<typeof ProfileNode>;

/** What is read of a CPU profile of V8 (Chrome DevTools protocol, Profiler.Profile). The root is the first node. */
export const CpuProfile = z.looseObject({ nodes: z.array(ProfileNode).min(1) });
export type CpuProfile = z.infer<typeof CpuProfile>;

/** The bundle that was profiled, not minified. */
export interface ProfiledBundle {
  /** In the profile. */
  readonly url: string;
  readonly text: string;
}

/** A function on the stack. Nodes of the same function below the same one are one. */
export interface Frame {
  readonly name: string;
  /** The source file that the bundler names above it. */
  readonly where: string;
  /** Samples in the function itself. */
  readonly self: number;
  /** And in all that it has called. */
  readonly total: number;
  readonly children: readonly Frame[];
}

/** The stacks of a profile, from the root down. */
export function framesOf({ nodes }: CpuProfile, { url, text }: ProfiledBundle): Frame {
  const lines = text.split("\n");
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const join = (same: readonly ProfileNode[]): Frame => {
    const { functionName = "", url: of = "", lineNumber = 0 } = same[0]?.callFrame ?? {};
    const called = new Map<string, ProfileNode[]>();
    for (const child of same.flatMap(({ children = [] }) => children.flatMap((id) => byId.get(id) ?? []))) {
      const { callFrame } = child;
      const key = `${callFrame.functionName} ${callFrame.url}:${callFrame.lineNumber}`;
      called.set(key, [...(called.get(key) ?? []), child]);
    }
    const children = [...called.values()].map(join);
    const self = same.reduce((sum, { hitCount = 0 }) => sum + hitCount, 0);
    return {
      name: functionName === "" ? "(anonymous)" : functionName,
      where: of === url ? sourceOf(lines, lineNumber) : otherSource(of),
      self,
      total: children.reduce((sum, { total }) => sum + total, self),
      children,
    };
  };
  return join(nodes.slice(0, 1));
}

/** A function wherever it was called. */
export interface HotFunction {
  readonly name: string;
  readonly where: string;
  /** Samples in the function itself, as a part of all. */
  readonly self: number;
}

/** The functions in which most samples fell, the hottest first. */
export function hottestFunctions(root: Frame, count: number): HotFunction[] {
  const found = new Map<string, HotFunction & { self: number }>();
  const add = ({ name, where, self, children }: Frame): void => {
    const key = `${name} ${where}`;
    const known = found.get(key) ?? { name, where, self: 0 };
    known.self += self / root.total;
    found.set(key, known);
    for (const child of children) add(child);
  };
  add(root);
  return [...found.values()]
    .filter(({ self }) => self > 0)
    .sort((one, other) => other.self - one.self)
    .slice(0, count);
}

/** Of what is not in the bundle: a module of WASM is named by a hash, others by their path. */
function otherSource(url: string): string {
  return url.startsWith("wasm://") ? "WebAssembly" : url.replace(/^.*\//, "");
}

/** The bundler writes the name of each source file as a comment above what it takes from it. */
function sourceOf(lines: readonly string[], line: number): string {
  for (let at = Math.min(line, lines.length - 1); at >= 0; at--) {
    const file = /^\/\/ ((?:bench|packages|node_modules)\/\S+)$/.exec(lines[at] ?? "")?.[1];
    if (file !== undefined) return file;
  }
  return "";
}

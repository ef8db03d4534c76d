import type { DiskFetcher } from "../../src/adapters/disk/disk-service.ts";

/** A disk service in memory that answers as workerd's does. */
export interface FakeDisk extends DiskFetcher {
  readonly files: Map<string, Uint8Array>;
  /** The next requests whose method is in here fail with status 500, each once. */
  readonly failures: string[];
  /** When set, writes wait for it. */
  gate: Promise<void> | undefined;
}

export function createFakeDisk(): FakeDisk {
  const disk: FakeDisk = {
    files: new Map(),
    failures: [],
    gate: undefined,
    async fetch(url, { method, headers, body }) {
      const path = new URL(url).pathname;
      const planned = disk.failures.indexOf(method);
      if (planned >= 0) {
        disk.failures.splice(planned, 1);
        return new Response("planned", { status: 500 });
      }
      if (method === "PUT") {
        await disk.gate;
        disk.files.set(path, body?.slice() ?? new Uint8Array(0));
        return new Response(null, { status: 204 });
      }
      if (method === "DELETE") {
        const gone = [...disk.files.keys()].filter((name) => name === path || name.startsWith(`${path}/`));
        for (const name of gone) disk.files.delete(name);
        return gone.length > 0 ? new Response(null, { status: 204 }) : new Response("Not Found", { status: 404 });
      }
      return rangeOf(disk.files.get(path), headers?.["Range"]);
    },
  };
  return disk;
}

function rangeOf(file: Uint8Array | undefined, range: string | undefined): Response {
  if (file === undefined) return new Response("Not Found", { status: 404 });
  const [, from = "0", to = "0"] = /^bytes=(\d+)-(\d+)$/.exec(range ?? "") ?? [];
  if (Number(from) >= file.length) return new Response("Range Not Satisfiable", { status: 416 });
  const whole = Number(from) === 0 && Number(to) + 1 >= file.length;
  return new Response(file.slice(Number(from), Number(to) + 1), { status: whole ? 200 : 206 });
}

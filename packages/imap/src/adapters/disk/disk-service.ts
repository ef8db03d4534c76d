/** The part of a Fetcher that the disk store needs: workerd's disk service, seen from a Worker that has a binding to it. */
export interface DiskFetcher {
  fetch(
    url: string,
    init: { readonly method: string; readonly headers?: Record<string, string>; readonly body?: Uint8Array<ArrayBuffer> },
  ): Promise<Response>;
}

/** The disk service did not do what was asked. */
export class DiskError extends Error {
  override readonly name = "DiskError";
}

/**
 * Files of workerd's disk service, whose answers become values or exceptions. What it does (seen with workerd 1.20261102): PUT makes
 * missing folders, replaces a file and answers 204; GET knows Range (206, but 200 when that is the whole file) and answers 404 for a missing file; DELETE removes a
 * file, or a folder with all that is in it (204), and answers 404 when there is nothing. A PUT that is cut off leaves a shorter file.
 */
export class DiskFiles {
  readonly #fetcher: DiskFetcher;

  constructor(fetcher: DiskFetcher) {
    this.#fetcher = fetcher;
  }

  async write(path: string, bytes: Uint8Array): Promise<void> {
    const response = await this.#fetcher.fetch(urlOf(path), { method: "PUT", body: bytes.slice() });
    await drop(response);
    if (!response.ok) throw new DiskError(`Writing ${path} failed with status ${response.status}`);
  }

  /** Reads octets `[from, to)`, at least one. Throws when the file does not have them all. */
  async read(path: string, from: number, to: number): Promise<Uint8Array> {
    const response = await this.#fetcher.fetch(urlOf(path), { method: "GET", headers: { Range: `bytes=${from}-${to - 1}` } });
    if (response.status !== 206 && response.status !== 200) {
      await drop(response);
      throw new DiskError(`Reading octets ${from} to ${to} of ${path} failed with status ${response.status}`);
    }
    const answer = new Uint8Array(await response.arrayBuffer());
    const bytes = response.status === 200 ? answer.subarray(from, to) : answer;
    if (bytes.length !== to - from) throw new DiskError(`${path} ends before octet ${to}`);
    return bytes;
  }

  /** Removes a folder and its files; it may be missing. */
  async removeFolder(path: string): Promise<void> {
    const response = await this.#fetcher.fetch(urlOf(path), { method: "DELETE" });
    await drop(response);
    if (!response.ok && response.status !== 404) throw new DiskError(`Removing ${path} failed with status ${response.status}`);
  }
}

function urlOf(path: string): string {
  return `http://disk${path}`;
}

/** An answer that is not read holds its connection. */
async function drop(response: Response): Promise<void> {
  await response.body?.cancel();
}

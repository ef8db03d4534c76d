import { randomUUID } from "node:crypto";
import { readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** The messages of a Maildir, by Message-ID. */
export async function readMaildir(folder: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const part of ["cur", "new"]) {
    for (const name of await readdir(join(folder, part))) {
      const path = join(folder, part, name);
      const id = /^Message-ID: (.*?)\r?$/im.exec(await readFile(path, "latin1"))?.[1] ?? name;
      found.set(id, path);
    }
  }
  return found;
}

/** Gives a message the flag letters (in alphabetical order, as Maildir wants them). */
export async function flagInMaildir(folder: string, path: string, flags: string): Promise<void> {
  const base = (path.split("/").at(-1) ?? "").split(":")[0] ?? "";
  await rename(path, join(folder, "cur", `${base}:2,${flags}`));
}

export async function addToMaildir(folder: string, message: Buffer, flags: string): Promise<void> {
  await writeFile(
    join(folder, "cur", `${randomUUID()}.localhost:2,${flags}`),
    message.toString("latin1").replaceAll("\r\n", "\n"),
    "latin1",
  );
}

export async function removeFromMaildir(path: string): Promise<void> {
  await rm(path);
}

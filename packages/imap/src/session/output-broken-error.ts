/**
 * A response cannot be completed although part of it is on its way: a literal was announced and its octets
 * cannot be read. Nothing truthful can follow on the connection, so it is closed without another word.
 */
export class OutputBrokenError extends Error {
  override readonly name = "OutputBrokenError";

  constructor(cause: unknown) {
    super("A response broke off in the middle", { cause });
  }
}

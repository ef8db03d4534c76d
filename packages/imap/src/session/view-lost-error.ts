/** The history of expunged messages no longer reaches back to what this session was told: it must end with BYE. */
export class ViewLostError extends Error {
  override readonly name = "ViewLostError";
}

/** What {@link capabilityList} reads of a command's definition. */
export interface AdvertisingCommand {
  readonly capabilities: readonly string[];
  readonly states: readonly string[];
}

/**
 * The capabilities in their order on the wire, IMAP4rev1 first, each once.
 *
 * What only a command that needs no login brings (AUTH=PLAIN, SASL-IR) is left out once the client is
 * logged in: it can make no use of it any more.
 */
export function capabilityList(
  commands: readonly AdvertisingCommand[],
  extensions: readonly string[],
  authenticated: boolean,
): readonly string[] {
  const names = new Set(["IMAP4rev1"]);
  for (const { capabilities, states } of commands) {
    if (authenticated && !states.includes("authenticated") && !states.includes("selected")) continue;
    for (const capability of capabilities) names.add(capability);
  }
  for (const capability of extensions) names.add(capability);
  return [...names];
}

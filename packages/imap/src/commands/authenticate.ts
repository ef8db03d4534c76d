import { decodeBase64Line } from "../auth/sasl/base64.ts";
import type { SaslExchange } from "../auth/sasl/mechanism.ts";
import { SASL_MECHANISMS } from "../auth/sasl/mechanisms.ts";
import { bad, no } from "../protocol/status-error.ts";
import type { Command, CommandContext, RunResult } from "../session/command.ts";
import { defineCommand } from "../session/define-command.ts";
import { logIn, type CapabilityText } from "./log-in.ts";

/**
 * AUTHENTICATE, RFC 9051 section 6.2.2, with the initial response of RFC 4959.
 *
 * authenticate = "AUTHENTICATE" SP auth-type [SP (base64 / "=")] *(CRLF base64)
 */
export function authenticateCommand(capabilityText: CapabilityText): Command {
  return defineCommand({
    name: "AUTHENTICATE",
    capabilities: ["SASL-IR", ...SASL_MECHANISMS.map(({ name }) => `AUTH=${name}`)],
    states: ["not-authenticated"],
    sequences: "none",
    sensitive: true,
    read(args) {
      args.space();
      const mechanism = args.keyword("authentication mechanism");
      const initial = args.trySpace() ? readInitial(args.atom("initial response")) : undefined;
      return { mechanism, initial };
    },
    run(context, { mechanism, initial }) {
      const found = SASL_MECHANISMS.find(({ name }) => name === mechanism);
      if (found === undefined) throw no("No such authentication mechanism", "CANNOT");
      return respond(context, found.start(), initial, capabilityText);
    },
  });
}

/** `=` is an initial response of no octets, other than none at all. */
function readInitial(text: string): Uint8Array {
  return text === "=" ? new Uint8Array(0) : decodeBase64Line(encoder.encode(text));
}

function respond(
  context: CommandContext<"not-authenticated">,
  exchange: SaslExchange,
  response: Uint8Array | undefined,
  capabilityText: CapabilityText,
): RunResult {
  const step = exchange.respond(response);
  if (step.kind !== "challenge") {
    return logIn(context.session, context.state, step.kind === "credentials" ? step.credentials : undefined, capabilityText);
  }
  return {
    prompt: btoa(step.text),
    idle: false,
    line(line) {
      if (line.length === 1 && line[0] === ASTERISK) throw bad("Authentication cancelled");
      return respond(context, exchange, decodeBase64Line(line), capabilityText);
    },
  };
}

const ASTERISK = 0x2a;
const encoder = new TextEncoder();

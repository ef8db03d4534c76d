import { login } from "./login.ts";
import type { SaslMechanism } from "./mechanism.ts";
import { plain } from "./plain.ts";

/** The mechanisms that AUTHENTICATE knows, the preferred ones first: some clients take the first that they know. */
export const SASL_MECHANISMS: readonly SaslMechanism[] = [plain, login];

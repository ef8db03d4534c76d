/** Limits with which a few hundred octets fill every window, and every answer takes several messages and turns. */
export const TINY = {
  outputWindow: 600,
  outputMessage: 30,
  linkCreditStep: 60,
  linkWindow: 2_000,
  keptPieces: 1_000,
  writeJoin: 50,
  inlineLiteral: 100,
  inlineTotal: 400,
  fetchBodies: 200,
  seenOctets: 100,
  stepsPerTurn: 1,
  inputsPerTurn: 2,
} as const;

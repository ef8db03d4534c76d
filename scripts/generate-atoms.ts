/**
 * Writes the two halves of the atom table: assembly/atoms.ts (for the tokenizer) and
 * packages/imap/src/parser/atom-ids.ts (for TypeScript). Usage: `node scripts/generate-atoms.ts [--check]`;
 * with `--check` nothing is written and the exit code is 1 if a file is not current.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * An atom's id is its place here plus one. Ids travel in tapes from the edge to the account object,
 * which may run another version during a deployment: so new atoms go at the end, and none is removed.
 */
const ATOMS = `
CAPABILITY NOOP LOGOUT STARTTLS AUTHENTICATE LOGIN ENABLE SELECT EXAMINE CREATE DELETE RENAME SUBSCRIBE
UNSUBSCRIBE LIST LSUB XLIST NAMESPACE STATUS APPEND IDLE DONE CLOSE UNSELECT CHECK EXPUNGE SEARCH FETCH STORE
COPY MOVE UID ID SORT THREAD ESEARCH GETQUOTA GETQUOTAROOT SETQUOTA GETACL SETACL DELETEACL LISTRIGHTS MYRIGHTS
GETMETADATA SETMETADATA COMPRESS NOTIFY CANCELUPDATE REPLACE UNAUTHENTICATE GETJMAPACCESS UIDBATCHES
GENURLAUTH URLFETCH RESETKEY LANGUAGE COMPARATOR CONVERT

ALL FAST FULL FLAGS ENVELOPE INTERNALDATE BODY BODY.PEEK BODYSTRUCTURE BINARY BINARY.PEEK BINARY.SIZE RFC822
RFC822.HEADER RFC822.SIZE RFC822.TEXT RFC822.PEEK RFC822.TEXT.PEEK MODSEQ EMAILID THREADID SAVEDATE PREVIEW LAZY
CHANGEDSINCE UNCHANGEDSINCE VANISHED PARTIAL QRESYNC CONDSTORE
X-GM-MSGID X-GM-THRID X-GM-LABELS

ANSWERED BCC BEFORE CC CHARSET DELETED DRAFT FLAGGED FROM FUZZY HEADER KEYWORD LARGER NEW NOT OLD OLDER ON OR RECENT
SAVEDBEFORE SAVEDON SAVEDSINCE SEEN SENTBEFORE SENTON SENTSINCE SINCE SMALLER SUBJECT TEXT TO
UNANSWERED UNDELETED UNDRAFT UNFLAGGED UNKEYWORD UNSEEN YOUNGER FILTER X-GM-RAW

RETURN MIN MAX COUNT SAVE CONTEXT UPDATE ADDTO REMOVEFROM RELEVANCY MAILBOXES SUBTREE SUBTREE-ONE SELECTED
SELECTED-DELAYED INBOXES PERSONAL SUBSCRIBED IN INTHREAD
ARRIVAL DATE DISPLAYFROM DISPLAYTO REVERSE SIZE ORDEREDSUBJECT REFERENCES REFS
US-ASCII UTF-8 UTF-7 ISO-8859-1 UTF8

MESSAGES UIDNEXT UIDVALIDITY HIGHESTMODSEQ APPENDLIMIT MAILBOXID DELETED-STORAGE STORAGE MESSAGE

REMOTE RECURSIVEMATCH SPECIAL-USE CHILDREN MYRIGHTS METADATA USE
\\All \\Archive \\Drafts \\Flagged \\Junk \\Sent \\Trash \\Important \\Memos \\Scheduled \\Snoozed
\\Answered \\Deleted \\Draft \\Seen \\Recent
$Forwarded $MDNSent $SubmitPending $Submitted $Junk $NotJunk $Phishing $Important $HasAttachment
$HasNoAttachment NonJunk Junk NotJunk Forwarded
FLAGS.SILENT +FLAGS +FLAGS.SILENT -FLAGS -FLAGS.SILENT

SET NONE MESSAGENEW MESSAGEEXPUNGE FLAGCHANGE MAILBOXNAME ANNOTATIONCHANGE
MAXSIZE DEPTH CATENATE URL INBOX NIL UIDONLY UTF8=ACCEPT UTF8=ONLY IMAP4REV1 IMAP4REV2
PLAIN XOAUTH2 OAUTHBEARER SCRAM-SHA-256 ANONYMOUS EXTERNAL DEFLATE
MIME OBJECTID PRIORITY
`;

const MAX_LENGTH = 16;
/** The tokenizer's slots are one octet wide. */
const MAX_ATOMS = 255;
const SLOTS = 2048;
const SHIFT = 53n;
/**
 * Where the search for the multiplier begins. After a change of the list the search takes some
 * seconds and prints the seed that it found: putting that here makes the next run immediate.
 */
const FIRST_SEED = 6_856_208;

interface Generated {
  readonly path: string;
  readonly text: string;
}

/** The list without its repetitions (`FLAGS` is a FETCH item and a STORE item), in order. */
function atoms(): string[] {
  const seen = new Set<string>();
  const names = ATOMS.trim()
    .split(/\s+/)
    .filter((name) => {
      const key = name.toUpperCase();
      if (seen.has(key)) return false;
      seen.add(key);
      return true;
    });
  for (const name of names) {
    // The tokenizers do not look up a single octet.
    if (name.length < 2) throw new Error(`atom ${name} is too short`);
    if (name.length > MAX_LENGTH) throw new Error(`atom ${name} is longer than ${MAX_LENGTH} octets`);
    if (!/^[!-~]+$/.test(name)) throw new Error(`atom ${name} is not printable ASCII`);
    // Folding the case of all octets makes these equal to others that may stand in an atom; only a backslash in front is told apart.
    if (/.\\|[@\]^`|}~]/.test(name)) throw new Error(`atom ${name} has an octet that is not told from another`);
  }
  if (names.length > MAX_ATOMS) throw new Error(`${names.length} atoms: more than ${MAX_ATOMS} do not fit in the slots`);
  return names;
}

/** `BODY.PEEK` -> `BODY_PEEK`, `\Seen` -> `FLAG_SEEN`, `$Junk` -> `KEYWORD_JUNK`, `+FLAGS` -> `ADD_FLAGS`. */
function identifier(name: string): string {
  const prefixed = name.replace(/^\\/, "FLAG_").replace(/^\$/, "KEYWORD_").replace(/^\+/, "ADD_").replace(/^-/, "REMOVE_");
  return prefixed.toUpperCase().replace(/[^A-Z0-9]/g, "_");
}

/** As the tokenizer folds what it looks up: the bit that tells the case of letters is cleared in every octet, and a short one has zeros in front. */
function keyOctets(name: string): Uint8Array {
  const key = new Uint8Array(MAX_LENGTH);
  key.set(
    new TextEncoder().encode(name).map((octet) => octet & 0xdf),
    MAX_LENGTH - name.length,
  );
  return key;
}

/** A 64-bit mixing of the seed (splitmix64), so that every seed tries a different multiplier. */
function multiplier(seed: number): bigint {
  let x = BigInt.asUintN(64, BigInt(seed + 1) * 0x9e3779b97f4a7c15n);
  x = BigInt.asUintN(64, (x ^ (x >> 30n)) * 0xbf58476d1ce4e5b9n);
  x = BigInt.asUintN(64, (x ^ (x >> 27n)) * 0x94d049bb133111ebn);
  return (x ^ (x >> 31n)) | 1n;
}

/** Fills the slots with ids, or returns `undefined` when two atoms fall into one slot. */
function place(keys: readonly bigint[], factor: bigint): Uint8Array | undefined {
  const slots = new Uint8Array(SLOTS);
  for (const [index, key] of keys.entries()) {
    const slot = Number(BigInt.asUintN(64, key * factor) >> SHIFT);
    if (slots[slot] !== 0) return undefined;
    slots[slot] = index + 1;
  }
  return slots;
}

function perfectHash(names: readonly string[]): { readonly seed: number; readonly factor: bigint; readonly slots: Uint8Array } {
  const keys = names.map((name) => {
    const view = new DataView(keyOctets(name).buffer);
    return view.getBigUint64(0, true) ^ view.getBigUint64(8, true);
  });
  for (let seed = FIRST_SEED; seed < FIRST_SEED + 5_000_000; seed++) {
    const factor = multiplier(seed);
    const slots = place(keys, factor);
    if (slots !== undefined) return { seed, factor, slots };
  }
  throw new Error("no multiplier without a collision: use more slots");
}

function rows(octets: Uint8Array, width: number): string {
  const lines: string[] = [];
  for (let at = 0; at < octets.length; at += width) lines.push(`  ${[...octets.subarray(at, at + width)].join(", ")},`);
  return lines.join("\n");
}

function assemblyFile(names: readonly string[], factor: bigint, slots: Uint8Array): string {
  // No folded octet has the bit that tells the case.
  const keys = new Uint8Array((names.length + 1) * MAX_LENGTH).fill(0x20, 0, MAX_LENGTH);
  for (const [index, name] of names.entries()) keys.set(keyOctets(name), (index + 1) * MAX_LENGTH);
  return `// Generated by scripts/generate-atoms.ts: do not edit.

/** A name's slot is the top bits of \`(first 8 octets ^ last 8 octets) * HASH_A\`, with the case bit of every octet cleared, and zeros in front. */
export const HASH_A: u64 = 0x${factor.toString(16)};
export const HASH_SHIFT: u64 = ${SHIFT};

/** Slot -> atom id, 0 for none. No two atoms share a slot. */
export const SLOTS: usize = memory.data<u8>([
${rows(slots, 32)}
]);

/** 16 octets per atom, with their case bit cleared, and zeros in front: the name of atom \`id\` is at \`id * 16\`. At 0 stands what no atom is. */
export const KEYS: usize = memory.data<u8>(
  [
${rows(keys, 16)}
  ],
  16,
);
`;
}

function typescriptFile(names: readonly string[]): string {
  const entries = names.map((name, index) => `  ${identifier(name)}: ${index + 1},`).join("\n");
  const spelled: string[] = [];
  for (let at = 0; at < names.length; at += 12) spelled.push(`  ${JSON.stringify(names.slice(at, at + 12).join(" "))},`);
  return `// Generated by scripts/generate-atoms.ts: do not edit.

/** Ids that the tokenizer gives to the atoms it knows, whatever their case. 0 is an unknown atom. */
export const Atom = {
  UNKNOWN: 0,
${entries}
} as const;

export type AtomId = (typeof Atom)[keyof typeof Atom];

/** The usual spelling of each atom, by id. No atom has a space in it. */
export const ATOM_NAMES: readonly string[] = [
  "",
${spelled.join("\n")}
]
  .join(" ")
  .split(" ");
`;
}

/** Both files as they should be. */
export function generateAtoms(): readonly Generated[] {
  const names = atoms();
  const identifiers = new Set(names.map(identifier));
  if (identifiers.size !== names.length) throw new Error("two atoms have the same identifier");
  const { seed, factor, slots } = perfectHash(names);
  if (seed !== FIRST_SEED) process.stderr.write(`generate-atoms: set FIRST_SEED to ${seed}\n`);
  return [
    { path: join(root, "assembly/atoms.ts"), text: assemblyFile(names, factor, slots) },
    { path: join(root, "packages/imap/src/parser/atom-ids.ts"), text: typescriptFile(names) },
  ];
}

/** A source text without what the formatter decides. */
function plain(text: string): string {
  return text.replace(/\s+/g, "").replace(/,(?=[\])}])/g, "");
}

/** Paths of the files that differ from the list above in more than their layout (which is the formatter's). */
export function staleAtomFiles(): readonly string[] {
  return generateAtoms()
    .filter(({ path, text }) => plain(readFileSync(path, "utf8")) !== plain(text))
    .map(({ path }) => path);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (process.argv.includes("--check")) {
    const stale = staleAtomFiles();
    for (const path of stale) process.stderr.write(`${path} is not current: run node scripts/generate-atoms.ts\n`);
    process.exitCode = stale.length === 0 ? 0 : 1;
  } else {
    for (const { path, text } of generateAtoms()) writeFileSync(path, text);
  }
}

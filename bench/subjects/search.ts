/** How SEARCH decides a message: by its index row, and by its header. */
import type { OctetScanner } from "../../packages/mime/src/octet-scanner.ts";
import { MessagePage } from "../../packages/imap/src/mailbox/message-page.ts";
import { LIMITS } from "../../packages/imap/src/limits.ts";
import type { Criterion } from "../../packages/imap/src/search/criteria.ts";
import { evaluate } from "../../packages/imap/src/search/evaluate.ts";
import { HeaderText } from "../../packages/imap/src/search/header-text.ts";
import type { Inputs } from "../inputs.ts";
import { expectWork, type Run, type Setup } from "../subjects.ts";

const REPEAT = 64;

export function searchSubjects({ header, plainHeader }: Inputs, scanner: OctetScanner): Readonly<Record<string, Setup>> {
  return {
    "search.header": () => searchSubject(scanner, plainHeader, "long subject", true),
    "search.header-miss": () => searchSubject(scanner, plainHeader, "heliotrope", false),
    "search.header-encoded": () => searchSubject(scanner, header, "gr\u00fc\u00dfe", true),
    "search.evaluate": evaluatePage,
  };
}

/** SEARCH SUBJECT; the text is folded as the command's reader folds it. */
function searchSubject(scanner: OctetScanner, header: Uint8Array, text: string, there: boolean): Run {
  return () => {
    let found = 0;
    for (let time = 0; time < REPEAT; time++) if (new HeaderText(header, scanner).holds("subject", text)) found++;
    expectWork(found === (there ? REPEAT : 0));
  };
}

const DAY = 86_400;
const FIRST_DAY = 20_000;

/** UNSEEN UNDELETED SINCE a day LARGER 2000 over a page of rows, as bench/references/search.ts has them. */
function evaluatePage(): Run {
  const page = new MessagePage(LIMITS.pageRows);
  page.count = LIMITS.pageRows;
  for (let row = 0; row < page.count; row++) {
    page.uid[row] = 4000 + row * 3;
    page.flags[row] = [0, 1, 0, 8][row & 3] ?? 0;
    page.size[row] = 500 + ((row * 977) % 9000);
    page.internalDate[row] = (FIRST_DAY + ((row * 31) % 64)) * DAY;
  }
  const criterion: Criterion = {
    kind: "and",
    operands: [
      { kind: "flag", bit: 1, set: false },
      { kind: "flag", bit: 8, set: false },
      { kind: "internal-day", from: FIRST_DAY + 10, to: Number.POSITIVE_INFINITY },
      { kind: "size", above: 2000, below: Number.POSITIVE_INFINITY },
    ],
  };
  return () => {
    let hits = 0;
    for (let row = 0; row < page.count; row++) if (evaluate(criterion, { page, row, recent: false }) === true) hits++;
    expectWork(hits > 64 && hits < 128);
  };
}

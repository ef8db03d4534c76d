/** Searches and signatures fold a text in the same pieces: else they could fold it in another way. */
const SEARCH_WINDOW = 256 * 1024;

/**
 * Every size, count and time-out of the server, each with its reason. Sizes are octets, times are
 * milliseconds. Nothing elsewhere in the source carries a bound of its own. Those in limit-settings.ts
 * are defaults that an operator may change.
 */
export const LIMITS = {
  /** A command line without its literals. mailcow had to raise its server's to 2 MB for the UID sets of real clients. */
  lineLength: 2 * 1024 * 1024,
  /** A literal up to this size is collected and parsed with its command; a longer one is streamed past the parser. */
  inlineLiteral: 16 * 1024,
  /** Octets of one command up to which literals are collected with it; the next one asks first. Bounds a MULTIAPPEND of many small messages. */
  inlineTotal: 64 * 1024,
  /** Synchronizing literals that are collected with one command: each one costs a copy of the command so far. Searches have a handful. */
  inlineOffers: 64,
  /** Octets that a connection may send while its literal waits for a decision. The edge stops reading then, so only a WebSocket can get near. */
  pausedInput: 2 * 1024 * 1024,
  /** Octets of a tag; that of an IDLE is kept in its session's snapshot. Clients use up to a dozen. */
  tagLength: 64,
  /** A word that is compared with names: the longest is SUBSCRIPTIONCHANGE of NOTIFY, extensions may have longer ones. */
  keywordText: 64,
  /** Numbers in a section such as `BODY[1.2.3]`: deeper than any MIME structure that is kept. */
  sectionDepth: 100,
  /** Names in one HEADER.FIELDS list. Thunderbird asks for 14, K-9 for 15. */
  headerFields: 256,
  /** Flags that one command names: all keywords of a mailbox and the system's, several times over. */
  flagsPerCommand: 256,
  /** APPENDLIMIT (RFC 7889): what mail services accept today, base64 overhead included. */
  appendSize: 50 * 1024 * 1024,
  /** Output leaves a session in messages of about this size: one WebSocket message per small event is what costs. A quarter of the window: the next is made while the last is written. */
  outputMessage: 256 * 1024,
  /** Octets that a session may have on the way to a client that does not read. Bounds the object's and the edge's memory per connection. */
  outputWindow: 1024 * 1024,
  /** Steps of a long command before other sessions of the account get a turn: two windows of output at most. */
  stepsPerTurn: 8,
  /** Pipelined commands and literal chunks of one session before others of the account get a turn: some milliseconds, and a pipeline of clients' usual length needs none. */
  inputsPerTurn: 128,
  /** Commands and literal chunks in a row that a session holds before it has worked on them; the credit window bounds their octets. */
  queuedItems: 10_000,
  /** BAD answers in a row before BYE: no working client makes so many, a program that speaks something else does. */
  badCommands: 20,
  /** Separate runs of `\Recent` UIDs that one session remembers; they stand in its snapshot, which must fit in a WebSocket attachment. */
  recentRanges: 32,
  /** Keywords per mailbox: two 32-bit columns. PERMANENTFLAGS stops offering new ones when they are used up. */
  keywordsPerMailbox: 64,
  /** Characters of one keyword: they stand in every FLAGS response. Clients use under 50. */
  keywordLength: 128,
  /** Octets of a message's header that are stored with its index row; the rest is read from the body store. */
  storedHeader: 256 * 1024,
  /** Messages that are read from the index at a time: a segment's worth. */
  pageRows: 256,
  /** Mailboxes of one account: LIST of all stays a few megabytes. */
  mailboxes: 10_000,
  /** Names an account may subscribe, whether or not they exist: as many as it may have mailboxes. */
  subscriptions: 10_000,
  /** Messages in one packed row of the index: 8 KiB to rewrite for one message more, 4,000 rows to know a mailbox of a million. */
  segmentRows: 256,
  /** Octets of unpacked message rows kept in memory per account: 340,000 messages, an eighth of an isolate. */
  segmentCache: 16 * 1024 * 1024,
  /** Open mailboxes and segment headers kept in memory per account, in units of about 128 octets (a mailbox counts 16, a header 1). */
  mailboxCache: 65_536,
  /** Ranges of expunged UIDs remembered per mailbox for QRESYNC and for views; older ones fall below the floor. 8 octets each. */
  expungedHistory: 65_536,
  /** Message ids that one message may link to its thread; mailing lists repeat hundreds, the first ones are the nearest and the root. */
  threadReferences: 32,
  /** Octets of a message id that take part in threading: a header line of RFC 5322. Longer ones are noise or an attack. */
  messageIdLength: 998,
  /** Octets of a body in one row or file: SQLite rows end at 2 MB. */
  bodyChunk: 1024 * 1024,
  /** Bodies above this size go to the large store (disk, R2); below it the object's own SQLite is faster and costs no request. */
  largeBody: 1024 * 1024,
  /** Newest bodies that a start checks for one that no message names: more than a crash can leave behind in practice, cheap at every wake-up. */
  bodiesCheckedAtStart: 64,
  /** Messages whose contents a SEARCH reads before it lets others have a turn. */
  searchContents: 64,
  /** Octets of a message part that a SEARCH decodes and looks at in one step: some milliseconds. */
  searchWindow: SEARCH_WINDOW,
  /** Characters that two such windows share: longer than any search string that can match across their edge. */
  searchOverlap: 64 * 1024,
  /** Characters of a folded Subject that is kept for searching: a header line of RFC 5322. A longer one is read from its header. */
  indexedSubject: 998,
  /** Strings of one SEARCH that are looked for in the kept Subjects, a statement each for every page of messages. With more, one reading of each header is cheaper. */
  subjectQueries: 8,
  /** Octets of a message's text, as it was sent, of which a signature is made for BODY and TEXT: one window of a search, and no more than a delivery may hold. */
  signedText: SEARCH_WINDOW,
  /** Parts and headers of a message that gets a signature: each costs some microseconds, and one read where a search makes it. Mail has a dozen. */
  signedPieces: 1024,
  /** Octets of the largest set of grams: a page of SQLite. It serves a text of 16,000 different grams, some 150 KB of prose; what has more is read by each search. A power of two. It may grow, but never shrink: a query has as many bits as this, and stored sets may have been made with more. */
  gramSet: 4096,
  /** Grams of a string that a search asks for: more would hardly rule out more messages, and each is a test in a statement. */
  queriedGrams: 16,
  /** Strings of one SEARCH that the signatures are asked for, a statement each for every page of messages. What the others leave is read anyway. */
  textQueries: 8,
  /** Search keys nested in NOT, OR and parentheses; unbounded recursion here has been a CVE of other servers. */
  searchDepth: 50,
  /** Search keys in one command. */
  searchKeys: 1000,
  /** Octets of a mailbox name in UTF-8: twice a file name, and LIST patterns are compared in length times length. */
  mailboxName: 512,
  /** Levels of a mailbox name: no person nests deeper, and CREATE makes each missing parent. */
  mailboxLevels: 32,
  /** Patterns in one LIST. */
  listPatterns: 32,
  /** Mailboxes that a LIST compares and answers before it lets others have a turn. */
  listNames: 128,
  /** Fields of an ID command, and octets of a field's name and value (RFC 2971 section 3.3). */
  idFields: 30,
  idFieldName: 30,
  idFieldValue: 1024,
  /** Octets of one base64 line of AUTHENTICATE: tokens of OAuth providers reach 4 KiB. */
  saslLine: 16 * 1024,
  /** Octets that the edge may have on the way to an account object that has not worked on them: with it, a client that sends faster than the object works is not read from. */
  linkWindow: 1024 * 1024,
  /** What a frame of the link counts beside its payload: bounds the number of tiny commands in a window at 8,192, below `queuedItems`. */
  linkFrameOverhead: 128,
  /** Credit on the link is given in steps of this size: small enough that a sender never waits for the last step, large enough that an idle client's few octets cost no message. */
  linkCreditStep: 256 * 1024,
  /** Octets of messages with commands that have no answer yet, which the edge keeps to give them to a restarted account object again: what a client pipelines, not what it uploads. */
  keptPieces: 64 * 1024,
  /** From the loss of a link to a new one: an account object is back within seconds after a deploy. Then its client is told to connect again. */
  relinkTime: 30_000,
  /** Attempts to open the first link of a session: its object may be restarting in this moment. A client waits for its login meanwhile. */
  firstLinkAttempts: 4,
  /** Before the second attempt, doubled for each further one up to the maximum. The first is made at once. */
  relinkDelay: 100,
  relinkDelayMax: 5_000,
  /** New links in a row that did not last for `relinkTime`: an object that dies of its sessions is left alone. */
  linkDeaths: 10,
  /** Octets of a JSON payload on the link: a hello with every field at its bound. */
  linkJson: 8 * 1024,
  /** Octets that wait for a client's socket. The object stops at `outputWindow` plus one step; beyond this it is broken, and the link is closed. */
  writeQueue: 4 * 1024 * 1024,
  /** Small responses that wait for the socket are joined up to this size: one write for many. */
  writeJoin: 16 * 1024,
  /** One read from a client's socket: grows from the first to the second while reads fill it, so that an idle client holds little and an APPEND comes in large pieces. */
  readSmall: 1024,
  readLarge: 64 * 1024,
  /** Octets from one client's socket before all others get a turn: some milliseconds of work, and one wait for the timer in an APPEND of as much. */
  readTurn: 256 * 1024,
  /** Input of a WebSocket client that waits to be read. The runtime cannot slow such a client down, so one APPEND of `appendSize` must fit, in messages of a kilobyte or more. Above it a raised `appendSize` is safe for TCP only. */
  webSocketInput: 64 * 1024 * 1024,
  /** The same before login: nobody knows yet who it is. Clients may send a few commands behind LOGIN without waiting, not their mail. */
  webSocketLoginInput: 1024 * 1024,
  /** What a WebSocket message that waits counts beside its octets: many tiny ones hold far more than they carry. */
  webSocketMessageOverhead: 256,
  /** Output after which an `imap.flow` client is sent a token to echo: a quarter of the window, so that the next echo is on its way while the client reads on. */
  webSocketFlowStep: 256 * 1024,
  /** Octets sent to an `imap.flow` client that no echo has proven received: what the runtime may hold of a client that does not read. 10 MB/s at 100 ms. */
  webSocketFlowWindow: 1024 * 1024,
  /** Octets sent to an `imap` client since its last message, which is all that tells that it reads: one message of `appendSize` must fit into an answer. */
  webSocketUnproven: 64 * 1024 * 1024,
  /** Origins that may be listed beside the server's own: each is compared with the header of a request. */
  webSocketOrigins: 100,
  /** A command line before login: what one read from the socket can hold, since commands may be sent behind LOGIN at once. */
  loginLine: 64 * 1024,
  /** Octets of all answers before login: hundreds of commands, where clients need a handful. Nothing else bounds what waits for a WebSocket client that does not read. */
  loginOutput: 256 * 1024,
  /** A literal before login: user names and passwords are short. */
  loginLiteral: 4 * 1024,
  /** From the greeting to the end of the login. RFC 9051 section 5.4 leaves it open; people type passwords into clients, not into connections. */
  loginTime: 60_000,
  /** Without a command. RFC 9051 section 5.4: at least 30 minutes; an IDLE counts as one command, which clients renew after 29 (RFC 2177). */
  idleTime: 30 * 60_000,
  /** How long a command that has begun may take to arrive without `commandProgress` more of it: whoever trickles octets holds a connection for nothing. */
  commandTime: 60_000,
  /** Octets of an incomplete command that count as progress within `commandTime`: 70 octets a second, below the worst of mobile networks. */
  commandProgress: 4 * 1024,
  /** `* OK Still here` in IDLE: well under the few minutes after which NATs and phones' radios forget a connection. */
  keepAliveTime: 2 * 60_000,
  /** After the client's end of input, or our last word: how long what it asked for may still take without a step forward. */
  drainTime: 30_000,
  /** After our last octet: how long the client's input is still taken and dropped, so that a reset does not overtake BYE. */
  lingerTime: 2_000,
  /** What a hibernatable WebSocket can hold for its session. The platform's own limit is 16,384. */
  snapshot: 16 * 1024,
  /** Connections of one account at a time: five of each client on ten devices, and some to spare. */
  connectionsPerAccount: 64,
  /** Connections from one client address (one /64 of IPv6) to one isolate: an office behind a NAT, not a flood. */
  connectionsPerAddress: 512,
  /** Connections of one isolate: at about 140 KB each all that its memory is good for. */
  connectionsPerIsolate: 20_000,
  /** Connections that are told at the same time that they are one too many: each is held up to `lingerTime`. Beyond it they are only closed. */
  refusals: 256,
  /** Characters of a client's address that are kept: the longest, with zone and port, has fewer. */
  remoteAddress: 100,
  /** From an expunge to the reclaiming of its contents: several expunges share one alarm. */
  reclaimDelay: 30_000,
  /** Contents that one round of reclaiming removes: some tens of milliseconds of the account's thread. */
  reclaimBatch: 256,
  /** Rounds of reclaiming in one alarm; the rest waits for the next. */
  reclaimRounds: 16,
  /** Checks of passwords at the same time: each needs 16 MiB and 50 ms of the thread. */
  concurrentHashes: 4,
  /** Checks of passwords that wait for their turn: at 50 ms each the last waits 3 seconds. Beyond it the client is told UNAVAILABLE. */
  waitingHashes: 64,
  /** Good logins remembered by their keyed hash: about 200 octets each. */
  loginCache: 10_000,
  /** How long one is remembered: a client's five connections and its next sync, not a day. */
  loginCacheTime: 5 * 60_000,
  /** Failed logins of one account, or from one address, up to which only the delay grows; each further one ends its connection. Ten typing errors are many. */
  failedLogins: 10,
  /** How long the answer to the second failed login waits; twice as long for each further one. Below a second nobody who guesses would notice. */
  loginDelay: 1_000,
  /** The longest such delay: four guesses a minute, and clients wait longer than this for an answer. Well below `loginTime`. */
  loginDelayMax: 16_000,
  /** For how long after its last one the failed logins of an account or an address are remembered. */
  failedLoginMemory: 15 * 60_000,
  /** Counts of failed logins that are kept, three for each account and address: about 200 octets each. The oldest are forgotten first. */
  failedLoginCounts: 30_000,
  /** Logins from one address with too many failures that wait at the same time in one isolate: with the delay, two guesses a second for whoever opens hundreds of connections. */
  delayedLogins: 32,
  /** Octets of a password in UTF-8. */
  passwordOctets: 1024,
  /** Characters of an account's name: local part, at sign and domain of RFC 5321 section 4.5.3.1. */
  accountName: 320,
  /** Octets of a request to the admin API: a name and a password, both escaped. */
  adminBody: 16 * 1024,
  /** Accounts in one answer of the admin API. */
  adminAccounts: 100_000,
  /** Items in one FETCH: a client that names every part of a message by itself stays far below. */
  fetchItems: 1000,
  /** Octets of headers and structures, estimated from the messages' sizes, that a FETCH holds at a time; one message may be more. */
  fetchContents: 4 * 1024 * 1024,
  /** Octets of small messages that a FETCH reads together: one question to SQLite for some dozens, and little beside the output window. */
  fetchBodies: 256 * 1024,
  /** Pipelined FETCHes of one message each whose messages are read together: the cost of a question to SQLite is far below theirs then. */
  fetchesAhead: 64,
  /** Octets of messages that a FETCH marks `\Seen` in one go: a message of output, small beside the window that may be on its way. */
  seenOctets: 64 * 1024,
  /** Octets of a header that HEADER.FIELDS looks through; what is kept in the index is a quarter of it, and mail servers refuse far shorter headers. */
  filteredHeader: 1024 * 1024,
  /** Messages that one FETCH may fail to read before it gives up: one damaged body must not hide the others, a store that is down must not be asked for all. */
  fetchFailures: 10,
  /** Ranges of UIDs in one COPYUID, which is a single line: at most 700 KB. */
  copyUidRanges: 32_768,
  /** Ranges of UIDs in one VANISHED response of a FETCH: a line of at most 88 KB. */
  vanishedRanges: 4096,
  /** Combinations of flags of which one FETCH keeps the text: a mailbox has a dozen, some hundred octets each. */
  flagTexts: 256,
  /** Texts of status responses of which an isolate keeps the octets, and characters of each: our own have a hundred, the longest some 80. 25 KB of octets at most. */
  responseTexts: 256,
  responseText: 96,
  /** Row pages kept for the next FETCH, 13 KiB each. */
  sparePages: 8,
  /** Values of one label of a metric (commands, reasons, limits): three times the commands there are, and a scrape of 100 KB. Further ones count as `other`. */
  labelValues: 128,
  /** Open sessions whose ids one isolate's meter remembers: 10 MB, and more than an isolate's memory bears. The gauge stops there. */
  countedSessions: 100_000,
  /** Connections that have ended and are remembered for it: a hello of theirs may still be on its way to an account object. Far more than end within the milliseconds of that. */
  endedConnections: 1000,
} as const;

/** The limits as they are in force: {@link LIMITS} with what the operator has set. */
export type Limits = { readonly [Name in keyof typeof LIMITS]: number };

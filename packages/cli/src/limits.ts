/**
 * Every wait, size and count of the command line tool, each with its reason. Times are
 * milliseconds, sizes are octets.
 */
export const CLI_LIMITS = {
  /** workerd listens within 0.2 s; a cold disk and a busy machine take longer. Past this something is wrong. */
  workerdListen: 30_000,
  /** From listening to a healthy answer: the Worker's first compilation and the migrations of the directory. */
  healthy: 30_000,
  /** Between two questions whether the server is healthy yet. */
  healthyPause: 50,
  /** One greeting, or one TLS handshake and greeting, on loopback. */
  greeting: 10_000,
  /** From our signal until every client has heard BYE and gone; those in the middle of a long answer are cut off then. */
  goodbye: 3_000,
  /** From SIGTERM to SIGKILL. With nobody connected workerd ends at once; it would wait for whoever still is, and they have had their time. */
  stop: 2_000,
  /** A supervisor that signals all of our processes reaches workerd too, and its end may be seen before our own signal is. */
  signalGrace: 200,
  /** Between two looks whether the package manager that started us is still there. */
  launcherPause: 500,
  /** Processes between us and that package manager: npm, a shell, pnpm, a shell, a wrapper of node; twice that. */
  launchers: 10,
  /** One admin request. Password hashing takes 50 ms, removing a large account seconds. */
  adminRequest: 60_000,
  /** An answer of the admin API or the metrics; a list of ten thousand accounts is about 1 MB. */
  adminAnswer: 16 * 1024 * 1024,
  /** Silence of the IMAP server while the demo mail is loaded. */
  imapSilence: 60_000,
  /** One response line to the appender; it asks for nothing long. */
  imapLine: 64 * 1024,
  /** APPEND commands on their way at once: enough to hide the round trip. */
  appendWindow: 32,
  /** Octets of APPEND commands on their way at once, so that the large messages do not pile up in memory. */
  appendWindowOctets: 8 * 1024 * 1024,
  /** Lines of workerd's output kept to explain a failed start. */
  logTail: 20,
  /** One line of workerd's output; the rest is cut. */
  logLine: 2_000,
  /** A file of ours in the data directory. They are all under 1 KB. */
  stateFile: 64 * 1024,
  /** A password read from the terminal or from standard input. */
  password: 1_024,
  /** A leaf or CA certificate with less than this left is made again. */
  certificateRenewal: 30 * 24 * 3_600_000,
  /** Attempts to take over the lock of a dead process before giving up: others may be doing the same. */
  lockAttempts: 5,
  /** One request to Cloudflare's API. It answers within seconds; the SDK's own minute is long to look at. */
  apiRequest: 30_000,
  /** Further attempts of a reading request that failed for a passing reason. Writing ones are not repeated: the first may have worked. */
  apiRetries: 2,
  /** Spectrum applications of a zone, and Workers of an account, that are looked through: far beyond what either may have. */
  apiListed: 10_000,
} as const;

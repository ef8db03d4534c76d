import { LIMITS } from "../limits.ts";
import { BoundedRows } from "./bounded-rows.ts";
import { CommandEnded, CreditStall, Transport, type ConnectionEvent, type MeterEvent, type SessionChanged } from "./events.ts";
import { Histogram } from "./histogram.ts";
import type { Meter } from "./meter.ts";
import { MetricsText } from "./metrics-text.ts";

/** Bounds of the histograms, in milliseconds: what a person notices, and what a client gives up after. */
const COMMAND_BOUNDS = [5, 25, 100, 500, 2500, 10_000];
const CONNECTION_BOUNDS = [1000, 10_000, 60_000, 600_000, 3_600_000, 36_000_000];
const RELINK_BOUNDS = [50, 250, 1000, 5000, 30_000];

const TRANSPORTS = Transport.options;
const DIRECTIONS = CreditStall.shape.direction.options;
const STATUSES = CommandEnded.shape.status.options;

interface Count {
  count: number;
}

/** What is not counted but looked up when somebody asks. */
export interface Gauge {
  readonly name: string;
  readonly help: string;
  readonly value: () => number;
}

/** What is counted of the connections of one transport. */
class TransportCounts {
  started = 0;
  ended = 0;
  loggedIn = 0;
  octetsIn = 0;
  octetsOut = 0;
  readonly duration = new Histogram(CONNECTION_BOUNDS);
  readonly reasons: BoundedRows<Count>;

  constructor(labelValues: number) {
    this.reasons = new BoundedRows(labelValues, newCount);
  }
}

/** What is counted of one command. */
class CommandCounts {
  readonly statuses: Record<CommandEnded["status"], number> = { OK: 0, NO: 0, BAD: 0 };
  readonly duration = new Histogram(COMMAND_BOUNDS);
}

/**
 * Counts in memory, from when it was made, and writes it all down for a scraper.
 *
 * `record` finds a counter by name and adds to it: it makes no strings and, once a label's value is known, no objects.
 */
export class Metrics implements Meter {
  readonly #transports: Readonly<Record<ConnectionEvent["transport"], TransportCounts>>;
  readonly #commands: BoundedRows<CommandCounts>;
  readonly #limits: BoundedRows<Count>;
  readonly #stalls = { "to-client": 0, "to-object": 0 };
  readonly #linksLost = { survived: 0, ended: 0 };
  readonly #relinks = new Histogram(RELINK_BOUNDS);
  /** Ids, so that a session that is announced twice, or ends twice, counts once. */
  readonly #sessions = new Set<string>();
  /** Ids of the last connections that have ended, oldest first. */
  readonly #ended = new Set<string>();
  #objectsStarted = 0;

  /** `labelValues`: how many values a label may have beside `other`. */
  constructor(labelValues: number = LIMITS.labelValues) {
    this.#transports = { tcp: new TransportCounts(labelValues), websocket: new TransportCounts(labelValues) };
    this.#commands = new BoundedRows(labelValues, () => new CommandCounts());
    this.#limits = new BoundedRows(labelValues, newCount);
  }

  record(event: MeterEvent): void {
    switch (event.kind) {
      case "connection-started":
        this.#transports[event.transport].started++;
        break;
      case "connection":
        this.#connectionEnded(event);
        break;
      case "command": {
        const counts = this.#commands.at(event.name);
        counts.statuses[event.status]++;
        counts.duration.observe(event.milliseconds);
        break;
      }
      case "session":
        this.#sessionChanged(event);
        break;
      case "object-started":
        this.#objectsStarted++;
        break;
      case "stall":
        this.#stalls[event.direction]++;
        break;
      case "limit":
        this.#limits.at(event.limit).count++;
        break;
      case "link-lost":
        this.#linksLost[event.survived ? "survived" : "ended"]++;
        if (event.survived) this.#relinks.observe(event.milliseconds);
        break;
      default:
        event satisfies never;
    }
  }

  /** Everything in the Prometheus text exposition format 0.0.4. */
  render(gauges: readonly Gauge[] = []): string {
    const text = new MetricsText();
    this.#writeConnections(text);
    this.#writeCommands(text);
    this.#writeObjects(text);
    for (const { name, help, value } of gauges) {
      text.begin(name, "gauge", help);
      text.sample({}, value());
    }
    return text.toString();
  }

  #connectionEnded(event: ConnectionEvent): void {
    const counts = this.#transports[event.transport];
    counts.ended++;
    if (event.loggedIn) counts.loggedIn++;
    counts.octetsIn += event.octetsIn;
    counts.octetsOut += event.octetsOut;
    counts.duration.observe(event.milliseconds);
    counts.reasons.at(event.reason).count++;
    // A session does not outlive its connection; an object that has crashed cannot say so.
    this.#sessions.delete(event.sessionId);
    this.#ended.add(event.sessionId);
    const [oldest] = this.#ended;
    if (oldest !== undefined && this.#ended.size > LIMITS.endedConnections) this.#ended.delete(oldest);
  }

  #sessionChanged({ open, sessionId }: SessionChanged): void {
    if (!open) this.#sessions.delete(sessionId);
    else if (this.#sessions.size < LIMITS.countedSessions && !this.#ended.has(sessionId)) this.#sessions.add(sessionId);
  }

  #writeConnections(text: MetricsText): void {
    const each = (name: string, type: "counter" | "gauge", help: string, value: (counts: TransportCounts) => number): void => {
      text.begin(name, type, help);
      for (const transport of TRANSPORTS) text.sample({ transport }, value(this.#transports[transport]));
    };
    each("sluice_connections_total", "counter", "Client connections that have begun.", ({ started }) => started);
    each("sluice_connections_open", "gauge", "Client connections that are open.", ({ started, ended }) => started - ended);
    text.begin("sluice_connections_closed_total", "counter", "Client connections that have ended, by reason.");
    for (const transport of TRANSPORTS)
      for (const [reason, { count }] of this.#transports[transport].reasons.entries()) text.sample({ transport, reason }, count);
    each(
      "sluice_connections_logged_in_total",
      "counter",
      "Client connections that have ended and had logged in.",
      (counts) => counts.loggedIn,
    );
    each(
      "sluice_octets_received_total",
      "counter",
      "Octets from clients, counted when their connection ends.",
      (counts) => counts.octetsIn,
    );
    each("sluice_octets_sent_total", "counter", "Octets to clients, counted when their connection ends.", (counts) => counts.octetsOut);
    text.begin("sluice_connection_duration_seconds", "histogram", "How long client connections lasted.");
    for (const transport of TRANSPORTS) text.histogram({ transport }, this.#transports[transport].duration);
  }

  #writeCommands(text: MetricsText): void {
    text.begin("sluice_commands_total", "counter", "Commands that have ended, by their tagged answer.");
    for (const [command, { statuses }] of this.#commands.entries())
      for (const status of STATUSES) text.sample({ command, status }, statuses[status]);
    text.begin("sluice_command_duration_seconds", "histogram", "From a command's first piece to its tagged answer.");
    for (const [command, { duration }] of this.#commands.entries()) text.histogram({ command }, duration);
  }

  #writeObjects(text: MetricsText): void {
    text.begin("sluice_sessions_open", "gauge", "Sessions that account objects hold, asleep ones too.");
    text.sample({}, this.#sessions.size);
    text.begin("sluice_objects_started_total", "counter", "Times that an account object has come into memory.");
    text.sample({}, this.#objectsStarted);
    text.begin("sluice_credit_stalls_total", "counter", "Times that a sender had to wait for its receiver.");
    for (const direction of DIRECTIONS) text.sample({ direction }, this.#stalls[direction]);
    text.begin("sluice_limits_hit_total", "counter", "Times that somebody ran into a limit.");
    for (const [limit, { count }] of this.#limits.entries()) text.sample({ limit }, count);
    text.begin("sluice_links_lost_total", "counter", "Links to account objects that were lost, by whether the connection went on.");
    text.sample({ survived: "true" }, this.#linksLost.survived);
    text.sample({ survived: "false" }, this.#linksLost.ended);
    text.begin("sluice_relink_duration_seconds", "histogram", "From the loss of a link to the new one.");
    text.histogram({}, this.#relinks);
  }
}

function newCount(): Count {
  return { count: 0 };
}

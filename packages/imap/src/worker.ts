import { RESTARTED, type AccountObject } from "./account-object.ts";
import { AccountLinks } from "./adapters/durable-object/account-links.ts";
import { createObjectDirectory } from "./adapters/durable-object/object-directory.ts";
import { consoleLogger } from "./adapters/workers/console-logger.ts";
import { isolateMetrics } from "./adapters/workers/isolate-metrics.ts";
import { nodePasswordHasher } from "./adapters/workers/node-password-hasher.ts";
import { WorkersClock } from "./adapters/workers/workers-clock.ts";
import { createPasswordAuthenticator } from "./auth/password-authenticator.ts";
import type { Bindings } from "./bindings.ts";
import { capabilityText, registry } from "./commands/registry.ts";
import { readConfig, type Config } from "./config.ts";
import { createRouter, type Router } from "./http/router.ts";
import type { Gauge } from "./observability/metrics.ts";
import { createLoggingMeter } from "./observability/meter.ts";
import { limitsWith } from "./limit-settings.ts";
import parserModule from "./parser/imap.wasm";
import { warmUp } from "./parser/warm-up.ts";
import { createWasmTokenizer } from "./parser/wasm-tokenizer.ts";
import { serverInfo } from "./server-info.ts";
import { ConnectionCount } from "./transport/connection-count.ts";
import type { BridgeServices } from "./transport/serve-client.ts";
import { Shutdown } from "./transport/shutdown.ts";
import { createTcpBridge, type TcpBridge } from "./transport/tcp-bridge.ts";
import { handleWebSocket } from "./transport/websocket-bridge.ts";

export { AccountObject } from "./account-object.ts";
export { DirectoryObject } from "./directory-object.ts";

/** What all connections of this isolate share. */
interface Edge {
  readonly bridge: TcpBridge;
  readonly router: Router;
}

const tokenizer = createWasmTokenizer(parserModule);
warmUp(tokenizer);
const edges = new WeakMap<Bindings, Edge>();

export default {
  /** A TCP connection, from Spectrum or from workerd's own socket. Lives as long as the client stays. */
  connect(socket, env) {
    return edgeOf(env).bridge.handleTcpConnection(socket);
  },
  fetch(request, env, ctx) {
    return edgeOf(env).router.handle(request, (work) => ctx.waitUntil(work));
  },
} satisfies ExportedHandler<Bindings>;

/** Built at the first event: a Worker may neither read settings nor draw random numbers while it starts. */
function edgeOf(env: Bindings): Edge {
  let edge = edges.get(env);
  if (edge === undefined) {
    edge = buildEdge(env, readConfig(env));
    edges.set(env, edge);
  }
  return edge;
}

function buildEdge(env: Bindings, config: Config): Edge {
  const log = consoleLogger(config.LOG_LEVEL);
  const limits = limitsWith(config.LIMITS);
  const directory = createObjectDirectory(() => env.DIRECTORY.getByName("directory"));
  const shutdown = new Shutdown();
  const clock = new WorkersClock();
  const links = new AccountLinks(env.ACCOUNTS, limits);
  const meter = createLoggingMeter(isolateMetrics, log);
  const services: BridgeServices = {
    tokenizer,
    registry,
    capabilityText,
    server: serverInfo(config.VERSION, limits),
    limits,
    authenticator: createPasswordAuthenticator({
      directory,
      hasher: nodePasswordHasher,
      defaultDomain: config.DEFAULT_DOMAIN,
      now: () => Date.now(),
      limits,
      meter,
    }),
    links,
    clock,
    shutdown,
    log,
    meter,
    connections: new ConnectionCount(limits),
  };
  const gauges: readonly Gauge[] = [
    { name: "sluice_links_open", help: "Links from connections to account objects.", value: () => links.openLinks },
    { name: "sluice_timers_armed", help: "Timers of connections that are armed.", value: () => clock.armed },
  ];
  const router = createRouter({
    version: config.VERSION,
    log,
    admin: {
      directory,
      hasher: nodePasswordHasher,
      defaultDomain: config.DEFAULT_DOMAIN,
      token: config.ADMIN_TOKEN,
      wipe: (accountId) => env.ACCOUNTS.getByName(accountId).removeAccount(),
      restart: (accountId) => restartAccount(env.ACCOUNTS.getByName(accountId)),
      shutDown: config.SHUTDOWN === "on" ? () => shutdown.begin() : undefined,
    },
    metrics: { tokens: [config.METRICS_TOKEN, config.ADMIN_TOKEN], render: () => isolateMetrics.render(gauges) },
    webSocketOrigins: config.WEBSOCKET_ORIGINS,
    webSocketPlain: config.WEBSOCKET_PLAIN === "on",
    clientAddressHeader: config.CLIENT_ADDRESS_HEADER,
    acceptWebSocket(remoteAddress, subprotocol, keep) {
      const { 0: client, 1: server } = new WebSocketPair();
      server.binaryType = "arraybuffer";
      server.accept();
      keep(handleWebSocket(server, subprotocol, remoteAddress, services));
      return new Response(null, { status: 101, webSocket: client, headers: { "Sec-WebSocket-Protocol": subprotocol } });
    },
  });
  return { bridge: createTcpBridge(services), router };
}

/** Ends an account's object. What answers is its end. */
async function restartAccount(account: DurableObjectStub<AccountObject>): Promise<void> {
  try {
    await account.restart();
  } catch (error) {
    if (!(error instanceof Error && error.message.includes(RESTARTED))) throw error;
  }
}

import {
  AuthorizationError,
  connect,
  createInbox,
  PermissionViolationError,
  type ConnectionOptions,
  type NatsConnection,
} from '@nats-io/transport-node';
import { jetstream, jetstreamManager, type JetStreamClient, type JetStreamManager } from '@nats-io/jetstream';
import { PipelineError } from '../contracts/errors.ts';
import { inboxPrefix, type Role } from '../contracts/role.ts';
import { pause } from '../kit/pause.ts';
import { untilAborted } from '../kit/stop-signal.ts';
import { withoutCredentials, type Logger } from '../kit/logger.ts';
import { checkPermissions } from './check-permissions.ts';
import { authenticatorOf, type CredentialSettings } from './credentials.ts';
import { tlsOf, tlsTrouble, type TlsSettings } from './tls.ts';
import { trackUnanswered, type Unanswered } from './unanswered.ts';

const REDIAL_MS = 250;
const SAYS_IT_WAITS_MS = 2_000;

export interface BusSettings extends CredentialSettings, TlsSettings {
  readonly NATS_URL: string;
}

const ANSWER_MS = 5_000;
/** Longer than a write that waits for a disk and for two other nodes. */
const QUICK_ANSWER_MS = 2_000;
/** A server that is there and says nothing is left after this many pings. */
const PING = { pingInterval: 2_000, maxPingOut: 2 };
const DIAL = { timeout: 2_000, reconnectTimeWait: REDIAL_MS, maxReconnectAttempts: -1 };

/** One process's connection to NATS and what hangs on it. */
export interface Bus extends AsyncDisposable {
  /** As whom it is connected. */
  readonly role: Role;
  readonly connection: NatsConnection;
  readonly jetstream: JetStreamClient;
  /** Gives up soon: for what is asked again then, so that a stream's next leader is found as soon as there is one. */
  readonly quickJetstream: JetStreamClient;
  readonly manager: JetStreamManager;
  /** A fresh reply subject below this service's own prefix. */
  readonly inbox: () => string;
  /** False while the connection is lost; publishes would then vanish, so ask first. */
  readonly connected: boolean;
  /** What is published and what is asked of buckets. */
  readonly unanswered: Unanswered;
  /** Calls back after each reconnect. */
  readonly onReconnect: (callback: () => void) => void;
}

/**
 * Connects, waiting for a server that is not there yet, and keeps reconnecting for ever.
 * @throws PipelineError `stopping` when the stop signal comes first; Error when NATS refuses who we are, or lets us do
 *   less than the role needs
 */
export async function connectBus(
  role: Role,
  settings: BusSettings,
  log: Logger,
  stop: AbortSignal,
): Promise<Bus> {
  const connection = await firstConnection(role, settings, log, stop);
  await checkPermissions(connection, role, log).catch(async (error: unknown) => {
    await connection.close();
    throw error;
  });
  const manager = await jetstreamManager(connection, { checkAPI: false, timeout: ANSWER_MS });
  const callbacks: (() => void)[] = [];
  const state = { connected: true };
  void connection.closed().then((err) => {
    if (err) endProcess(err, log);
  });
  void followStatus(connection, state, callbacks, log);
  return {
    role,
    connection,
    inbox: () => createInbox(inboxPrefix(role)),
    jetstream: jetstream(connection, { timeout: ANSWER_MS }),
    quickJetstream: jetstream(connection, { timeout: QUICK_ANSWER_MS }),
    manager,
    unanswered: trackUnanswered(),
    get connected() {
      return state.connected && !connection.isClosed();
    },
    onReconnect: (callback) => callbacks.push(callback),
    [Symbol.asyncDispose]: async () => {
      if (!connection.isClosed()) await connection.drain();
    },
  };
}

async function firstConnection(
  role: Role,
  settings: BusSettings,
  log: Logger,
  stop: AbortSignal,
): Promise<NatsConnection> {
  const options = optionsOf(role, settings);
  const natsUrl = withoutCredentials(settings.NATS_URL);
  const waiting = setTimeout(() => {
    log.warn({ natsUrl }, 'waiting for NATS');
  }, SAYS_IT_WAITS_MS);
  try {
    do {
      const connection = await Promise.race([dial(options), untilAborted(stop)]);
      if (connection) return connection;
    } while (await pause(REDIAL_MS, stop));
    throw new PipelineError('stopping', 'stopped while waiting for NATS');
  } catch (error) {
    if (error instanceof AuthorizationError)
      throw new Error(`NATS refuses the credentials of ${role}`, { cause: error });
    const why = tlsTrouble(error);
    throw why ? new Error(`No TLS with NATS at ${natsUrl}: ${why}`, { cause: error }) : error;
  } finally {
    clearTimeout(waiting);
  }
}

function optionsOf(role: Role, settings: BusSettings): ConnectionOptions {
  const authenticator = authenticatorOf(settings, role);
  const tls = tlsOf(settings);
  return {
    name: role,
    servers: settings.NATS_URL.split(','),
    ...(authenticator && { authenticator }),
    ...(tls && { tls }),
    inboxPrefix: inboxPrefix(role),
    ...DIAL,
    ...PING,
  };
}

/** @returns `undefined` while nobody answers; that who answers refuses us, or is not to be trusted, will not pass */
async function dial(options: ConnectionOptions): Promise<NatsConnection | undefined> {
  try {
    return await connect(options);
  } catch (error) {
    if (error instanceof AuthorizationError || tlsTrouble(error)) throw error;
    return undefined;
  }
}

/** The client gave up for good (it was refused): better to be started anew than to live on without a queue. */
function endProcess(err: Error, log: Logger): void {
  log.fatal({ err }, 'NATS connection closed for good');
  process.exitCode = 1;
  process.kill(process.pid, 'SIGTERM');
}

async function followStatus(
  connection: NatsConnection,
  state: { connected: boolean },
  callbacks: readonly (() => void)[],
  log: Logger,
): Promise<void> {
  for await (const status of connection.status()) {
    if (status.type === 'disconnect') {
      state.connected = false;
      log.warn('NATS connection lost');
    } else if (status.type === 'reconnect') {
      state.connected = true;
      log.info('NATS connection back');
      for (const callback of callbacks) callback();
    } else if (status.type === 'error') {
      logError(status.error, log);
    }
  }
}

/** Whoever asked for it hears of a refusal too, but not every call waits for an answer. */
function logError(err: Error, log: Logger): void {
  if (!(err instanceof PermissionViolationError)) {
    log.warn({ err }, 'NATS reported an error');
    return;
  }
  const { operation, subject } = err;
  log.error({ operation, subject }, 'NATS refuses what this user may not do');
}

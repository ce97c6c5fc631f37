/** Everything between the command and a system that takes requests, step by step. */
import { findFfmpeg } from '../servers/find-ffmpeg.ts';
import { chooseDefaultModel } from './choose-default-model.ts';
import { curlCommand } from './curl-command.ts';
import { describeSystem, type SystemParts } from './describe-system.ts';
import { endLeftovers } from './end-leftovers.ts';
import { prepareTopology } from './prepare-topology.ts';
import { probeGpu } from './probe-gpu.ts';
import { refuseTakenPort } from './refuse-taken-port.ts';
import type { ServiceName } from './service-command.ts';
import { serviceEnvironment } from './service-environment.ts';
import { startBlobServer } from './start-blob-server.ts';
import { startBusServer } from './start-bus-server.ts';
import { findOptions, type StartContext } from './start-context.ts';
import { startServices } from './start-services.ts';
import { takeLock } from './take-lock.ts';
import { waitUntilReady } from './wait-until-ready.ts';

export async function startSystem(context: StartContext): Promise<void> {
  await takeLock(context);
  await endLeftovers(context);
  await refuseTakenPort(context);
  const ffmpegPath = await findFfmpeg(findOptions(context));
  const parts = await startParts(context);
  await prepareTopology(context, parts);
  const workers = parts.gpu.usable ? (['cpu-worker', 'gpu-worker'] as const) : (['cpu-worker'] as const);
  const env = serviceEnvironment(parts, ffmpegPath, context);
  const envOf = (role: ServiceName): NodeJS.ProcessEnv => ({
    ...env,
    ...parts.bus.credentials(role),
    ...parts.blobs.credentials(role),
  });
  const services = startServices(['scheduler', ...workers, 'ingest'], envOf, context);
  await waitUntilReady(parts.baseUrl, services, context);
  const curl = await curlCommand(parts.baseUrl, certFileOf(context));
  context.say(describeSystem(parts, curl, context));
}

/** At the same time: at the first start each may take minutes. */
async function startParts(context: StartContext): Promise<SystemParts> {
  const [bus, blobs, model, gpu] = await Promise.all([
    startBusServer(context),
    startBlobServer(context),
    chooseDefaultModel(context),
    probeGpu(context),
  ]);
  return { baseUrl: baseUrlOf(context), bus, blobs, model, gpu };
}

function certFileOf({ settings: { TLS_CERT_FILE, TLS_KEY_FILE } }: StartContext): string | undefined {
  return TLS_KEY_FILE === undefined ? undefined : TLS_CERT_FILE;
}

/** A wildcard address is no address to call. */
function baseUrlOf(context: StartContext): string {
  const { HOST, PORT } = context.settings;
  const host = { '0.0.0.0': '127.0.0.1', '::': '[::1]' }[HOST] ?? (HOST.includes(':') ? `[${HOST}]` : HOST);
  return `${certFileOf(context) === undefined ? 'http' : 'https'}://${host}:${PORT}`;
}

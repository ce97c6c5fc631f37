import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Bus } from '@whisper/shared/bus/connect';
import type { Lane } from '@whisper/shared/contracts/identifiers';
import type { Logger } from '@whisper/shared/kit/logger';
import { openSpool } from '@whisper/shared/kit/spool';
import { openErasures } from '@whisper/shared/storage/erasures';
import { openJobRecords } from '@whisper/shared/storage/job-records';
import { openBlobStore } from '@whisper/shared/storage/open-blob-store';
import { openResultCache } from '@whisper/shared/storage/result-cache';
import { watchSettings } from '@whisper/shared/storage/settings';
import { deviceKindOf } from '@whisper/speech/model/choose-onnx-files';
import { engineEnvironment, type WorkerSettings } from './config.ts';
import { drain } from './drain.ts';
import { bestSandbox } from './engine/ffmpeg-command.ts';
import { announcePresence } from './presence/announce-presence.ts';
import { createWorkerDescription } from './presence/describe-worker.ts';
import { createSpeedMeter } from './presence/speed-meter.ts';
import { createSlotStates } from './presence/slot-states.ts';
import { createEngineSlots, type EngineSlots } from './running/engine-slots.ts';
import { followCancels } from './running/follow-cancels.ts';
import { createJobsInHand } from './running/jobs-in-hand.ts';
import { createModelStore, type ModelStore } from './running/model-store.ts';
import { runWork } from './running/run-work.ts';
import type { WorkerDeps } from './running/worker-deps.ts';
import { consumeLane } from './taking/lane-consumer.ts';

/** Models that ship with the repository. */
const BUNDLED_MODELS = fileURLToPath(new URL('../../../models', import.meta.url));
const ENGINE_ENTRY = new URL(`./engine/main${import.meta.url.slice(-3)}`, import.meta.url);

export interface WorkerProfile {
  readonly lane: Lane;
  /** For people: the processor's or card's name. */
  readonly device: string;
  readonly executionProviders: readonly string[];
  /** Another engine program, for benchmarks and fault tests. */
  readonly engineEntry?: URL;
}

export interface RunWorker {
  readonly bus: Bus;
  readonly log: Logger;
  readonly stop: AbortSignal;
  readonly settings: WorkerSettings;
  readonly profile: WorkerProfile;
}

/** Works on one lane until stopped; then finishes or hands back what it has, and leaves nothing behind. */
export async function runWorker(worker: RunWorker): Promise<void> {
  const { bus, log, stop, settings, profile } = worker;
  await using spool = await openSpool(resolve(settings.DATA_DIR), `${profile.lane}-worker`);
  await using live = await watchSettings(bus, log);
  await using engines = openEngines(worker);
  const handBack = new AbortController();
  const deps = await openDeps(worker, engines, spool.directory, handBack.signal);
  await using _cancels = followCancels(deps);
  await using _presence = await announcePresence(bus, log, createWorkerDescription(deps, profile.device));
  log.info({ workerId: deps.workerId, slots: settings.SLOTS, sandbox: deps.decoding.tier }, 'ready');

  const running = new Set<Promise<void>>();
  const run: typeof runWork = (...args) => {
    const job = runWork(...args).finally(() => running.delete(job));
    running.add(job);
    return job;
  };
  await consumeLane({
    bus,
    log,
    stop,
    lane: profile.lane,
    slots: settings.SLOTS,
    classWeights: live.classWeights,
    run: (...args) => run(deps, ...args),
  });
  log.info({ running: running.size }, 'stopping');
  await drain(running, settings.DRAIN_SECONDS * 1000, async () => {
    handBack.abort();
    await engines[Symbol.asyncDispose]();
  });
}

function openEngines({ settings, profile }: RunWorker): EngineSlots {
  return createEngineSlots({
    entry: profile.engineEntry ?? ENGINE_ENTRY,
    env: engineEnvironment,
    stallMs: settings.ENGINE_STALL_SECONDS * 1000,
    executionProviders: profile.executionProviders,
    threads: settings.ENGINE_THREADS,
    // What lies in a card's memory cannot be seen from here: there, nothing idle stays.
    memoryBytes: profile.lane === 'cpu' ? settings.ENGINE_MEMORY_BYTES : 0,
  });
}

function openModels({ settings, profile, log }: RunWorker): ModelStore {
  const downloadDirectory = resolve(settings.MODELS_DIR);
  return createModelStore(
    {
      directories: [downloadDirectory, BUNDLED_MODELS],
      downloadDirectory,
      device: deviceKindOf(profile.executionProviders),
      hubEndpoint: settings.HF_ENDPOINT,
      hubToken: settings.HF_TOKEN,
    },
    log,
  );
}

/** Tells people where the worker runs, and two on one host apart. */
function newWorkerId(lane: Lane): string {
  const host = hostname()
    .replace(/[^A-Za-z0-9_-]/g, '-')
    .slice(0, 40);
  return `${lane}-${host}-${randomBytes(3).toString('hex')}`;
}

async function openDeps(
  worker: RunWorker,
  engines: EngineSlots,
  spoolDirectory: string,
  handBack: AbortSignal,
): Promise<WorkerDeps> {
  const { bus, log, settings, profile } = worker;
  const blobs = openBlobStore(settings, bus);
  return {
    bus,
    log,
    lane: profile.lane,
    workerId: settings.WORKER_ID ?? newWorkerId(profile.lane),
    blobs,
    results: await openResultCache(bus, blobs),
    records: await openJobRecords(bus),
    erasures: await openErasures(bus),
    models: openModels(worker),
    engines,
    slots: createSlotStates(settings.SLOTS),
    speeds: createSpeedMeter(),
    decoding: {
      tier: bestSandbox(settings.FFMPEG_BIN),
      ffmpegPath: settings.FFMPEG_BIN,
      maxAudioSeconds: settings.MAX_AUDIO_SECONDS,
    },
    inHand: createJobsInHand(),
    spoolDirectory,
    maxAttempts: settings.MAX_ATTEMPTS,
    eventText: settings.EVENT_TEXT,
    handBack,
  };
}

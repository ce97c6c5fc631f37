import type { Bus } from '@whisper/shared/bus/connect';
import type { Lane } from '@whisper/shared/contracts/identifiers';
import type { Logger } from '@whisper/shared/kit/logger';
import type { BlobStore } from '@whisper/shared/storage/blob-store';
import type { Erasures } from '@whisper/shared/storage/erasures';
import type { JobRecords } from '@whisper/shared/storage/job-records';
import type { ResultCache } from '@whisper/shared/storage/result-cache';
import type { SandboxTier } from '../engine/ffmpeg-command.ts';
import type { SpeedMeter } from '../presence/speed-meter.ts';
import type { SlotStates } from '../presence/slot-states.ts';
import type { EngineSlots } from './engine-slots.ts';
import type { JobsInHand } from './jobs-in-hand.ts';
import type { ModelStore } from './model-store.ts';

/** What running a job needs; made once by `startWorker`. */
export interface WorkerDeps {
  readonly bus: Bus;
  readonly log: Logger;
  readonly lane: Lane;
  readonly workerId: string;
  readonly blobs: BlobStore;
  readonly results: ResultCache;
  readonly records: JobRecords;
  readonly erasures: Erasures;
  readonly models: ModelStore;
  readonly engines: EngineSlots;
  readonly slots: SlotStates;
  readonly speeds: SpeedMeter;
  readonly decoding: {
    readonly tier: SandboxTier;
    readonly ffmpegPath: string;
    readonly maxAudioSeconds: number;
  };
  readonly inHand: JobsInHand;
  readonly spoolDirectory: string;
  readonly maxAttempts: number;
  readonly eventText: boolean;
  /** Aborts when the drain time is up: what still runs is handed back. */
  readonly handBack: AbortSignal;
}

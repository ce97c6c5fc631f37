import { fullNatsDisk } from '../disk-faults/full-nats-disk.ts';
import { slowDisk } from '../disk-faults/slow-nats-disk.ts';
import { fullSpoolDisk } from '../disk-faults/full-spool-disk.ts';
import { erasedJobs } from '../erasure-faults/erased-jobs.ts';
import { fullQueue } from '../ingest-faults/full-queue.ts';
import { identicalBurst } from '../ingest-faults/identical-burst.ts';
import { killedBetweenSteps } from '../ingest-faults/killed-between-steps.ts';
import { killedDuringUploads } from '../ingest-faults/killed-during-uploads.ts';
import { brokenFfmpeg } from '../media-faults/broken-ffmpeg.ts';
import { damagedModel } from '../media-faults/damaged-model.ts';
import { hostileMedia } from '../media-faults/hostile-media.ts';
import { allNatsNodesKilled } from '../nats-faults/all-nodes-killed.ts';
import { killedNatsLeader } from '../nats-faults/killed-leader.ts';
import { lostNatsStore } from '../nats-faults/lost-store.ts';
import { pausedNatsNodes } from '../nats-faults/paused-nodes.ts';
import { rollingNatsNodes } from '../nats-faults/rolling-nodes.ts';
import { clockJumps } from '../network-faults/clock-jumps.ts';
import { partitions } from '../network-faults/partitions.ts';
import { rollingRestarts } from '../rolling-faults/rolling-restarts.ts';
import { killedSchedulers } from '../scheduler-faults/killed-schedulers.ts';
import { alteredAudio } from '../store-faults/altered-audio.ts';
import { fullBucket } from '../store-faults/full-bucket.ts';
import { lostStore } from '../store-faults/lost-store.ts';
import { lostReceiver } from '../webhook-faults/lost-receiver.ts';
import { blockedLoop } from '../worker-faults/blocked-loop.ts';
import { killedEngines } from '../worker-faults/killed-engines.ts';
import { killedWorkers } from '../worker-faults/killed-workers.ts';
import { longJobs } from '../worker-faults/long-jobs.ts';
import { nakStorm } from '../worker-faults/nak-storm.ts';
import { poison } from '../worker-faults/poison.ts';
import { starvedEngines } from '../worker-faults/starved-engines.ts';
import { storedBeforeDeath } from '../worker-faults/stored-before-death.ts';
import { zombie } from '../worker-faults/zombie.ts';
import type { Fault } from './fault.ts';

/** In the order of their numbers. */
export const FAULTS: readonly Fault[] = [
  ...[killedWorkers, zombie, killedBetweenSteps, killedDuringUploads, killedSchedulers],
  ...[killedNatsLeader, pausedNatsNodes, allNatsNodesKilled, lostNatsStore, lostStore],
  ...[rollingRestarts, rollingNatsNodes, storedBeforeDeath, fullNatsDisk, fullQueue, fullSpoolDisk, slowDisk],
  ...[identicalBurst, longJobs, nakStorm, poison, hostileMedia, brokenFfmpeg],
  ...[lostReceiver, fullBucket, partitions],
  ...[erasedJobs, clockJumps, blockedLoop, killedEngines, starvedEngines, damagedModel, alteredAudio],
];

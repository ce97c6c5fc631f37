import { killedNatsLeader } from '../nats-faults/killed-leader.ts';
import { killedWorkers } from '../worker-faults/killed-workers.ts';
import type { Fault } from './fault.ts';

/** In the order of their numbers. */
export const FAULTS: readonly Fault[] = [killedWorkers, killedNatsLeader];

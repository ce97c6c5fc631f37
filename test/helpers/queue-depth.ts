import { z } from 'zod';
import type { Lane, ModelClass } from '@whisper/shared/contracts/identifiers';

const depthSchema = z.object({ queued: z.int(), running: z.int() });
const statusSchema = z.object({ queues: z.record(z.string(), z.record(z.string(), depthSchema)) });

/** Jobs of a class that wait or run on a lane, as `/status` tells. */
export async function queueDepth(url: string, lane: Lane, modelClass: ModelClass): Promise<number> {
  const { queues } = statusSchema.parse(await (await fetch(`${url}/status`)).json());
  const { queued, running } = depthSchema.parse(queues[lane]?.[modelClass]);
  return queued + running;
}

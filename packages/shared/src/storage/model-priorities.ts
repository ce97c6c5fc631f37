import type { Bus } from '../bus/connect.ts';
import type { ModelClass } from '../contracts/identifiers.ts';
import {
  classOf,
  MODEL_PRIORITY_KEY,
  modelPrioritySchema,
  type ModelPriority,
} from '../contracts/model-priority.ts';
import { BUCKETS } from '../contracts/topology.ts';
import type { Logger } from '../kit/logger.ts';
import { openJsonBucket } from './json-bucket.ts';
import { watchBucket } from './watch-bucket.ts';

/** The operator's MODEL_PRIORITY, followed live; a value that does not parse leaves the old one in force. */
export interface ModelPriorities extends AsyncDisposable {
  readonly classOf: (model: string) => ModelClass;
  readonly set: (priority: ModelPriority) => Promise<void>;
}

export async function watchModelPriorities(bus: Bus, log: Logger): Promise<ModelPriorities> {
  const bucket = await openJsonBucket(bus, BUCKETS.settings.name, modelPrioritySchema);
  let current: ModelPriority = {};
  const watch = await watchBucket(bucket, log, (key, value) => {
    if (key === MODEL_PRIORITY_KEY) current = value ?? {};
  });
  return {
    classOf: (model) => classOf(model, current),
    set: (priority) => bucket.put(MODEL_PRIORITY_KEY, priority),
    [Symbol.asyncDispose]: async () => {
      await watch[Symbol.asyncDispose]();
    },
  };
}

import { z } from 'zod';
import { modelPrioritySchema } from '@whisper/shared/contracts/model-priority';
import { commonSettings, readSettings } from '@whisper/shared/kit/config';

/** `tiny=1,base=2,large-v3=6` */
const modelPriority = z
  .string()
  .transform((list) => list.split(',').map((pair) => pair.trim().split('=')))
  .pipe(z.array(z.tuple([z.string(), z.string().regex(/^\d+$/).transform(Number)])))
  .transform((pairs) => Object.fromEntries(pairs))
  .pipe(modelPrioritySchema);

export const config = readSettings(
  { ...commonSettings, MODEL_PRIORITY: modelPriority.optional() },
  process.env,
);

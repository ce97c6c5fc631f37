import { z } from 'zod';
import { modelPrioritySchema } from '@whisper/shared/contracts/model-priority';
import { commonSettings, integer, readSettings } from '@whisper/shared/kit/config';

const modelPriority = z
  .string()
  .regex(/^[^=,\s]+=\d+(,[^=,\s]+=\d+)*$/, 'must be like "tiny=1,base=2,large-v3=6"')
  .transform((list) => Object.fromEntries(list.split(',').map(toEntry)))
  .pipe(modelPrioritySchema);

function toEntry(pair: string): [string, number] {
  const [model = '', number = ''] = pair.split('=');
  return [model, Number(number)];
}

export const config = readSettings(
  {
    ...commonSettings,
    MODEL_PRIORITY: modelPriority.optional(),
    /** From this age on a low job is no longer overtaken by younger ones of its tenant. */
    MAX_WAIT_SECONDS: integer(900, 1, 7 * 86_400),
  },
  process.env,
);

import { z } from 'zod';
import { defineMessage } from './define-message.ts';
import { timestampSchema } from './identifiers.ts';

export const SYSTEM_EVENT_KINDS = ['setting-rejected'] as const;
export type SystemEventKind = (typeof SYSTEM_EVENT_KINDS)[number];

/** anyone -> operators: something about the system itself, as CloudEvents beside the jobs' own. */
const systemEventSchema = z.strictObject({
  specversion: z.literal('1.0'),
  id: z.string(),
  source: z.string(),
  type: z.literal('whisper.system.setting-rejected'),
  /** The key in the bucket `settings` whose value was kept out. */
  subject: z.string(),
  time: timestampSchema,
  datacontenttype: z.literal('application/json'),
  data: z.strictObject({ key: z.string(), revision: z.int().nonnegative(), reason: z.string() }),
});
export type SystemEvent = z.infer<typeof systemEventSchema>;

export const systemEvent = defineMessage({
  name: 'system-event',
  filter: 'system.>',
  schema: systemEventSchema,
  subject: (kind: SystemEventKind) => `system.${kind}`,
});

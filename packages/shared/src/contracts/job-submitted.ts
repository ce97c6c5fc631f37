import { defineMessage } from './define-message.ts';
import { modelClassSchema, type ModelClass } from './identifiers.ts';
import { jobSchema } from './job.ts';

/** ingest -> scheduler: an accepted job whose audio is stored. */
export const jobSubmitted = defineMessage({
  name: 'job-submitted',
  filter: 'jobs.submit.*',
  schema: jobSchema,
  subject: (modelClass: ModelClass) => `jobs.submit.${modelClassSchema.parse(modelClass)}`,
});

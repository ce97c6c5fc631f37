import { defineMessage } from './define-message.ts';
import { modelClassSchema, tenantSchema, type ModelClass } from './identifiers.ts';
import { jobSchema } from './job.ts';

export interface SubmissionAddress {
  readonly modelClass: ModelClass;
  readonly tenant: string;
}

/** ingest -> scheduler: an accepted job whose audio is stored. It stays in the backlog until its turn has come. */
export const jobSubmitted = defineMessage({
  name: 'job-submitted',
  filter: 'jobs.submit.>',
  schema: jobSchema,
  subject: ({ modelClass, tenant }: SubmissionAddress) =>
    `jobs.submit.${modelClassSchema.parse(modelClass)}.${tenantSchema.parse(tenant)}`,
});

export const submissionFilter = (modelClass: ModelClass): string => `jobs.submit.${modelClass}.*`;

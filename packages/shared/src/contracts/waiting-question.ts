import { jobIdSchema } from './identifiers.ts';

/**
 * ingest -> every ingest: does anybody wait with you for this job? Answered, with nothing in it, only by who says yes:
 * silence means no.
 */
export const WAITING_FILTER = 'waiting.*';
export const waitingSubject = (jobId: string): string => `waiting.${jobIdSchema.parse(jobId)}`;
export const jobOfWaiting = (subject: string): string => subject.split('.')[1] ?? '';
/** Who waits says so within this time. */
export const WAITING_ANSWER_MS = 300;

import type { Job } from '@whisper/shared/contracts/job';

/** A job in the backlog. */
export interface WaitingJob {
  readonly job: Job;
  /** Of its message in the intake: who came first has the lower one. */
  readonly sequence: number;
  /** When it came, by this process's own clock, which never jumps. */
  readonly arrivedMs: number;
}

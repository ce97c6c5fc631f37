import { MODEL_PRIORITY_KEY } from '@whisper/shared/contracts/model-priority';
import { followIntake } from './backlog/follow-intake.ts';
import { moveStranded } from './lanes/move-stranded.ts';
import type { Term } from './leadership/lead-in-turn.ts';
import { createLeadingParts, type LeadDeps, type LeadingParts } from './leading-parts.ts';
import { answerQuestions } from './outlook/answer-questions.ts';
import { describeBoard } from './outlook/describe-board.ts';
import type { AssignedJob } from './release/assigned-jobs.ts';
import { findAssigned } from './release/find-assigned.ts';
import { followProgress, type ProgressListeners } from './release/follow-progress.ts';
import { reconcile } from './release/reconcile.ts';
import { repairNowAndThen } from './repair/repair.ts';

/** How often lost jobs are looked for, and how long a job must look lost. */
const REPAIR = { intervalMs: 15_000, graceMs: 30_000 };

/**
 * What the one scheduler does that leads: mirrors the backlog, gives jobs to the lanes as they have room, and knows
 * who is where. Whatever it knows is found anew by the next one, in the streams.
 */
export async function lead(deps: LeadDeps, term: Term): Promise<void> {
  const { bus, log, records, settings, workers } = deps;
  const parts = createLeadingParts(deps, term);
  const { assigned, backlog, outlook, releaser, taker } = parts;
  const common = { ...deps, ...parts, term, ended: term.ended, classOf: settings.classOf };
  // Heard from before the lanes are read: what starts or ends meanwhile is not missed.
  await using _progress = followProgress(bus, progressListeners(parts));
  for (const found of await findAssigned(bus, records)) assigned.put(found);
  const intake = followIntake({ ...common, onMessage: taker.take });
  await intake.caughtUp;
  log.info({ backlog: backlog.size(), assigned: assigned.size() }, 'backlog read');
  const board = { ...common, schedulerId: term.schedulerId, leadingSinceMs: performance.now() };
  await using _answers = answerQuestions({
    ...common,
    placeOf: outlook.placeOf,
    board: () => describeBoard({ ...board, workers: workers.workers }),
  });
  using _changes = settings.onChange((key) => {
    if (key === MODEL_PRIORITY_KEY) backlog.sortAnew();
    releaser.wake();
  });
  taker.caughtUp();
  releaser.wake();
  await Promise.all([
    intake.done,
    reconcile({ ...common, intake, onChange: releaser.wake }),
    moveStranded(common),
    repairNowAndThen({ ...common, isWaiting: (jobId) => backlog.get(jobId) !== undefined, ...REPAIR }),
  ]);
  await Promise.all([releaser.idle(), taker.idle()]);
}

function progressListeners(parts: LeadingParts): ProgressListeners {
  const { assigned, ends, releaser } = parts;
  return {
    onStarted: (jobId) => {
      assigned.started(jobId, performance.now());
      releaser.wake();
    },
    onEnded: (jobId, how) => {
      const ended = how === 'cancelled' ? undefined : assigned.remove(jobId);
      if (how === 'cancelled') releaser.withdraw(jobId);
      if (ended) ends.add(ended.lane, ended.modelClass);
      if (how === 'completed' && ended) settleAccount(parts, ended);
      releaser.wake();
    },
  };
}

/** What a job really took is measured, and its tenant pays that instead of what was expected. */
function settleAccount({ backlog, times }: LeadingParts, completed: AssignedJob): void {
  const { chargedSeconds, job, modelClass, startedMs } = completed;
  if (startedMs === undefined) return;
  const seconds = (performance.now() - startedMs) / 1_000;
  times.add(job, completed.lane, seconds);
  if (chargedSeconds !== undefined) backlog.of(modelClass).correct(job.tenant, seconds - chargedSeconds);
}

import { eventually } from '../../helpers/eventually.ts';
import type { Accepted } from './ledger.ts';
import { isRight } from './prove-jobs.ts';
import type { Told } from './webhook-receiver.ts';

/** What a receiver that answers again is told within: the longest wait of outages as long as these are. */
const ARRIVED_MS = 240_000;

/** What became of the ends that webhooks were to tell. */
export interface WebhookVerdict {
  /** A line for each that never came. */
  readonly lost: readonly string[];
  /** With another outcome, under two ids, or not signed. */
  readonly wrong: readonly string[];
  /** How many there were, in few words. */
  readonly summary: string;
}

interface Heard {
  readonly accepted: readonly Accepted[];
  readonly told: () => readonly Told[];
}

/** Waits until every end that was to be told has been, or for as long as it may take. */
export async function judgeWebhooks({ accepted, told }: Heard): Promise<WebhookVerdict> {
  const toldOf = accepted.filter(({ expected, isHooked }) => isHooked && !('erased' in expected));
  const jobs = new Map(toldOf.map((entry) => [entry.jobId, entry]));
  const missing = (): readonly string[] => {
    const taken = new Set(told().flatMap(({ isTaken, jobId }) => (isTaken ? [jobId] : [])));
    return [...jobs.keys()].filter((jobId) => !taken.has(jobId));
  };
  const isComplete = (): boolean => missing().length === 0;
  const lost = await eventually(isComplete, { timeoutMs: ARRIVED_MS, everyMs: 250 }).then(() => [], missing);
  const all = told();
  const taken = all.filter(({ isTaken }) => isTaken);
  const again = taken.length - new Set(taken.map(({ jobId }) => jobId)).size;
  return {
    lost: lost.map((jobId) => `${jobId}: no webhook told its end`),
    wrong: [...all.flatMap((each) => whatIsWrong(each, jobs.get(each.jobId))), ...underSeveralIds(all)],
    summary: `${jobs.size - lost.length} of ${jobs.size} webhooks told, ${again} of them again`,
  };
}

function whatIsWrong({ end, isSigned, jobId }: Told, entry: Accepted | undefined): readonly string[] {
  const isWrong = entry !== undefined && !isRight(entry.expected, end);
  return [
    ...(isSigned ? [] : [`${jobId}: a webhook is not signed`]),
    ...(isWrong ? [`${jobId}: a webhook told ${JSON.stringify(end)}`] : []),
  ];
}

function underSeveralIds(told: readonly Told[]): readonly string[] {
  const ids = new Map<string, Set<string>>();
  for (const { jobId, webhookId } of told) ids.set(jobId, (ids.get(jobId) ?? new Set()).add(webhookId));
  return [...ids]
    .filter(([, { size }]) => size > 1)
    .map(([jobId, { size }]) => `${jobId}: told under ${size} ids`);
}

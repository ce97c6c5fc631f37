import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openLedger, type Accepted } from './ledger.ts';
import type { NumberedAudio } from './numbered-audio.ts';
import { pauseAfter, submitOnce, type Attempt, type TimedAttempt } from './submit.ts';

/** What its requests have met so far. */
export interface Met {
  readonly refused: ReadonlyMap<string, number>;
  readonly unreachable: number;
  readonly broken: readonly string[];
  readonly wrong: readonly string[];
  readonly hung: number;
  /** How long each request took that was answered with 202, in the order of their answers. */
  readonly acceptedMs: readonly number[];
  /** The longest that a request waited for its answer. */
  readonly slowestMs: number;
  /** The longest time without a 202, between the first one and the last. */
  readonly longestGapMs: number;
}

/** Submits numbered jobs and remembers each 202 on the disk. */
export interface Client extends AsyncDisposable {
  /** Until it is accepted, however often it has to ask; the same bytes each time. */
  readonly submit: (audio: NumberedAudio) => Promise<Accepted>;
  /** So many a second, whether or not earlier ones were accepted. */
  readonly submitAll: (audios: readonly NumberedAudio[], perSecond: number) => Promise<void>;
  readonly accepted: () => readonly Accepted[];
  /** Hashes of everything that was ever sent. */
  readonly sent: () => ReadonlySet<string>;
  readonly met: () => Met;
}

/** Whom the ends of some jobs are told to. */
export interface Hooks {
  readonly url: string;
  /** Of the numbered jobs one in so many names it. */
  readonly oneOf: number;
}

/** @param urls its requests go to these in turn, and each retry to the next */
export async function openClient(directory: string, urls: readonly string[], hooks: Hooks): Promise<Client> {
  const ledger = await openLedger(join(directory, 'ledger.jsonl'));
  const sent = new Set<string>();
  const tally = createTally();
  let turn = 0;
  const submit = async (audio: NumberedAudio): Promise<Accepted> => {
    sent.add(audio.sha256);
    const isHooked = audio.number % hooks.oneOf === 0;
    const hook = isHooked ? hooks.url : undefined;
    for (;;) {
      const timed = await submitOnce(urls[turn++ % urls.length] ?? '', audio, hook);
      const atMs = Date.now();
      tally.add(timed, atMs);
      const { attempt } = timed;
      if (attempt.kind === 'accepted') {
        const { number, sha256, expected } = audio;
        const { jobId, wasOver } = attempt;
        const accepted = { number, sha256, expected, jobId, wasOver, isHooked, atMs };
        await ledger.accept(accepted);
        return accepted;
      }
      await pauseAfter(attempt);
    }
  };
  return {
    submit,
    submitAll: async (audios, perSecond) => {
      const startedMs = performance.now();
      await Promise.all(
        audios.map(async (audio, n) => {
          await sleep(Math.max(0, (1_000 * n) / perSecond - (performance.now() - startedMs)));
          await submit(audio);
        }),
      );
    },
    accepted: ledger.entries,
    sent: () => sent,
    met: tally.met,
    [Symbol.asyncDispose]: () => ledger[Symbol.asyncDispose](),
  };
}

interface Tally {
  readonly add: (timed: TimedAttempt, atMs: number) => void;
  readonly met: () => Met;
}

function createTally(): Tally {
  const refused = new Map<string, number>();
  const [broken, wrong]: [string[], string[]] = [[], []];
  const acceptedMs: number[] = [];
  const counts = { unreachable: 0, hung: 0, slowestMs: 0, longestGapMs: 0, lastAcceptedMs: Infinity };
  const addKind = (attempt: Attempt, atMs: number): void => {
    if (attempt.kind === 'refused') refused.set(attempt.code, (refused.get(attempt.code) ?? 0) + 1);
    else if (attempt.kind === 'wrong') wrong.push(attempt.why);
    else if (attempt.kind === 'broken') broken.push(attempt.why);
    else if (attempt.kind === 'accepted') {
      counts.longestGapMs = Math.max(counts.longestGapMs, atMs - counts.lastAcceptedMs);
      counts.lastAcceptedMs = atMs;
    } else counts[attempt.kind] += 1;
  };
  return {
    add: ({ attempt, tookMs }, atMs) => {
      counts.slowestMs = Math.max(counts.slowestMs, tookMs);
      if (attempt.kind === 'accepted') acceptedMs.push(tookMs);
      addKind(attempt, atMs);
    },
    met: () => ({ ...counts, acceptedMs, broken, refused, wrong }),
  };
}

import { quantile } from '../measure.ts';
import { startContestant, type Contestant, type ContestantCommand, type Measurement } from './contestant.ts';

/** Medians of one contestant. */
export interface Result extends Measurement {
  readonly name: string;
}

/** One after the other, round by round, so that what disturbs the machine disturbs all. */
export async function interleave(
  commands: readonly ContestantCommand[],
  rounds: number,
): Promise<readonly Result[]> {
  return withContestants(commands, async (contestants) => {
    const found = new Map<Contestant, Measurement[]>();
    for (let round = 0; round < rounds; round += 1) {
      for (const contestant of contestants) {
        const measured = await contestant.measure();
        found.set(contestant, [...(found.get(contestant) ?? []), measured]);
      }
    }
    return contestants.map((contestant) => medians(contestant.name, found.get(contestant) ?? []));
  });
}

/** Windows per second of several processes that work at once. */
export async function throughput(commands: readonly ContestantCommand[], windows: number): Promise<number> {
  return withContestants(commands, async (contestants) => {
    const startMs = performance.now();
    const work = contestants.map(async (contestant) => {
      for (let i = 0; i < windows; i += 1) await contestant.measure();
    });
    await Promise.all(work);
    return (1000 * windows * contestants.length) / (performance.now() - startMs);
  });
}

/** All started and warm; all ended when `use` is done. */
async function withContestants<T>(
  commands: readonly ContestantCommand[],
  use: (contestants: readonly Contestant[]) => Promise<T>,
): Promise<T> {
  const contestants: Contestant[] = [];
  try {
    for (const command of commands) contestants.push(await startContestant(command));
    for (const contestant of contestants) await contestant.measure();
    return await use(contestants);
  } finally {
    for (const contestant of contestants) await contestant[Symbol.asyncDispose]();
  }
}

function medians(name: string, measured: readonly Measurement[]): Result {
  const median = (key: keyof Measurement): number =>
    quantile(
      measured.map((one) => one[key]),
      0.5,
    );
  return {
    name,
    encodeMs: median('encodeMs'),
    tokenMs: median('tokenMs'),
    windowMs: median('windowMs'),
    cpuMs: median('cpuMs'),
    residentBytes: median('residentBytes'),
  };
}

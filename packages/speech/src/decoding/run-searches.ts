import { setImmediate as yieldToEvents } from 'node:timers/promises';
import type { DecoderRun, Logits } from '../model/decoder.ts';
import type { LogitFilter } from './logit-filters.ts';
import type { Continuation, Search } from './search.ts';

export interface SearchTask {
  readonly searches: readonly Search[];
  readonly filters: readonly LogitFilter[];
  readonly maxTokens: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * Goes on until every search has ended or has said `maxTokens`; rows of what has ended are dropped. `first`: what the
 * decoder says after the prompts, a row for each search.
 * @throws what {@link DecoderRun.step} does, or the signal's reason within one step.
 */
export async function runSearches(run: DecoderRun, first: Logits, task: SearchTask): Promise<void> {
  let logits = first;
  let active = task.searches;
  for (let said = 1; ; said += 1) {
    const steps = advanceAll(active, logits, task.filters);
    const rows = steps.flatMap(({ rows: ofSearch }) => ofSearch);
    if (rows.length === 0 || said >= task.maxTokens) return;
    active = steps.filter((step) => step.rows.length > 0).map(({ search }) => search);
    await yieldToEvents(); // lets an abort through
    task.signal?.throwIfAborted();
    run.reorder(rows.map(({ source }) => source));
    logits = await run.step(rows.map(({ token }) => [token]));
  }
}

interface SearchStep {
  readonly search: Search;
  /** Their sources count through the rows of all searches. */
  readonly rows: readonly Continuation[];
}

function advanceAll(
  searches: readonly Search[],
  logits: Logits,
  filters: readonly LogitFilter[],
): readonly SearchStep[] {
  let base = 0;
  return searches.map((search) => {
    const start = base;
    const masked = search.rows.map((said, row) => maskedRow(logits.at(start + row, -1), said, filters));
    base += masked.length;
    const rows = search.advance(masked).map(({ source, token }) => ({ source: start + source, token }));
    return { search, rows };
  });
}

function maskedRow(
  logits: Float32Array,
  said: readonly number[],
  filters: readonly LogitFilter[],
): Float32Array {
  for (const filter of filters) filter(logits, said);
  return logits;
}

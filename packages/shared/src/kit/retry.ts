import { setTimeout as sleep } from 'node:timers/promises';

export interface RetryBudget {
  readonly budgetMs: number;
  readonly firstDelayMs?: number;
  readonly maxDelayMs?: number;
  readonly signal?: AbortSignal | undefined;
  /** Errors for which another try is of no use. */
  readonly isFinal?: (error: unknown) => boolean;
}

/** Tries until it works, the budget is spent or the error is final; delays double, with jitter. */
export async function retry<T>(attempt: () => Promise<T>, budget: RetryBudget): Promise<T> {
  const deadline = performance.now() + budget.budgetMs;
  for (
    let delayMs = budget.firstDelayMs ?? 50;
    ;
    delayMs = Math.min(delayMs * 2, budget.maxDelayMs ?? 1_000)
  ) {
    try {
      return await attempt();
    } catch (error) {
      const pauseMs = delayMs * (0.5 + Math.random());
      if (budget.isFinal?.(error) || budget.signal?.aborted || performance.now() + pauseMs > deadline)
        throw error;
      await sleep(pauseMs, undefined, { signal: budget.signal });
    }
  }
}

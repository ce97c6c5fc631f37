/** Calls `describe` with the elapsed seconds until the work is done, so that a long step is seen to live. */
export async function reportEvery<Result>(
  intervalMs: number,
  report: (elapsedSeconds: number) => void,
  work: () => Promise<Result>,
): Promise<Result> {
  const startedAt = performance.now();
  const timer = setInterval(() => {
    report(Math.round((performance.now() - startedAt) / 1000));
  }, intervalMs);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

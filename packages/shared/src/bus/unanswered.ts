/** What has been asked of JetStream and not been answered yet. A full disk shows in nothing else: writes stay without an answer, reads go on. */
export interface Unanswered {
  readonly track: <T>(asked: Promise<T>) => Promise<T>;
  /** How long the oldest has been waiting; 0 when all are answered. */
  readonly oldestMs: () => number;
}

export function trackUnanswered(now = (): number => performance.now()): Unanswered {
  const askedAt = new Map<symbol, number>(); // in the order in which they were asked
  return {
    track: async (asked) => {
      const key = Symbol('asked');
      askedAt.set(key, now());
      try {
        return await asked;
      } finally {
        askedAt.delete(key);
      }
    },
    oldestMs: () => {
      const [oldest] = askedAt.values();
      return oldest === undefined ? 0 : now() - oldest;
    },
  };
}

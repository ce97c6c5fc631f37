/**
 * Start-time fair queueing (Goyal, Vin, Cheng 1996): whoever has work is served in the order of start tags, so that
 * over any time each gets work by its weight, whatever its jobs cost and however deep its backlog is. Who was away
 * saves nothing up: its tag starts at the present virtual time.
 */
export interface FairShare {
  /** The tag of this one's next job: the lowest goes first. */
  readonly startOf: (name: string) => number;
  /** A job of this one was served. @param work its cost by its owner's weight */
  readonly charge: (name: string, work: number) => void;
  /** What was charged turns out to have been this much more, or less; nothing is given back beyond the present. */
  readonly correct: (name: string, work: number) => void;
  /** The same state, to try out what would come. */
  readonly copy: () => FairShare;
}

/** Names that are level with the virtual time are forgotten once there are so many. */
const FORGET_FROM = 256;

export function createFairShare(
  virtualTime = 0,
  known: ReadonlyMap<string, number> = new Map<string, number>(),
): FairShare {
  const finish = new Map(known);
  let now = virtualTime;
  const startOf = (name: string): number => Math.max(finish.get(name) ?? 0, now);
  const forget = (): void => {
    for (const [name, tag] of finish) if (tag <= now) finish.delete(name);
  };
  return {
    startOf,
    charge: (name, work) => {
      now = startOf(name);
      finish.set(name, now + work);
      if (finish.size > FORGET_FROM) forget();
    },
    correct: (name, work) => {
      const tag = finish.get(name);
      if (tag !== undefined) finish.set(name, tag + work);
    },
    copy: () => createFairShare(now, finish),
  };
}

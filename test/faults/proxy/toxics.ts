import { setTimeout as sleep } from 'node:timers/promises';
import { deferred, type Deferred } from '@whisper/shared/kit/deferred';

/** `up`: from the client to the server. */
export type Direction = 'up' | 'down';
const DIRECTIONS = ['up', 'down'] as const;

/** What is wrong with a connection, for all connections of a proxy alike. */
export interface Toxics {
  /** Each chunk comes so much later. */
  readonly latency: (latencyMs: number) => void;
  /** No more than so many bytes a second. */
  readonly rate: (bytesPerSecond: number) => void;
  /** Nothing passes any more, and nobody is told: a cable that was pulled. What was sent comes after the healing. */
  readonly blackhole: (directions?: readonly Direction[]) => void;
  readonly heal: () => void;
  /**
   * Once: the first chunk with these bytes in it is withheld for good, and what follows it; then `then` is called.
   * So a process can be killed between two of its steps.
   */
  readonly tripOn: (direction: Direction, bytes: string, then: () => void) => void;
  readonly delay: (direction: Direction, sizeBytes: number) => Promise<void>;
  /** @returns for one connection, whether a chunk trips the wire */
  readonly tripwire: (direction: Direction) => (chunk: Buffer) => boolean;
}

interface Trap {
  readonly direction: Direction;
  readonly bytes: string;
  readonly then: () => void;
}

export function createToxics(): Toxics {
  let latencyMs = 0;
  let bytesPerSecond = Infinity;
  let trap: Trap | undefined;
  const holes = new Map<Direction, Deferred<undefined>>();
  return {
    latency: (ms) => {
      latencyMs = ms;
    },
    rate: (bytes) => {
      bytesPerSecond = bytes;
    },
    blackhole: (directions = DIRECTIONS) => {
      for (const direction of directions) if (!holes.has(direction)) holes.set(direction, deferred());
    },
    heal: () => {
      latencyMs = 0;
      bytesPerSecond = Infinity;
      trap = undefined;
      for (const hole of holes.values()) hole.resolve(undefined);
      holes.clear();
    },
    tripOn: (direction, bytes, then) => {
      trap = { direction, bytes, then };
    },
    delay: async (direction, sizeBytes) => {
      const ms = latencyMs + (1_000 * sizeBytes) / bytesPerSecond;
      if (ms > 0) await sleep(ms);
      await holes.get(direction)?.promise;
    },
    tripwire: (direction) => {
      let tail = '';
      return (chunk) => {
        if (trap?.direction !== direction) return false;
        const seen = tail + chunk.toString('latin1');
        tail = seen.slice(-trap.bytes.length);
        if (!seen.includes(trap.bytes)) return false;
        const { then } = trap;
        trap = undefined;
        then();
        return true;
      };
    },
  };
}

/** What runs is stopped in this order: nothing new comes in, what is under way ends, then what it needs. */
const PHASES = ['ingest', 'workers', 'scheduler', 'servers', 'lock'] as const;
export type ShutdownPhase = (typeof PHASES)[number];

export interface Stoppable {
  readonly name: string;
  readonly stop: () => Promise<void>;
  /** Ends it at once, without a wait. */
  readonly kill: () => void;
}

/** Knows everything that has been started, and stops it once. */
export class Shutdown {
  readonly #say: (line: string) => void;
  readonly #requested = new AbortController();
  readonly #parts: Record<ShutdownPhase, Stoppable[]> = {
    ingest: [],
    workers: [],
    scheduler: [],
    servers: [],
    lock: [],
  };

  constructor(say: (line: string) => void) {
    this.#say = say;
  }

  /** Aborted when the stop has begun: whatever is being prepared gives up. */
  get signal(): AbortSignal {
    return this.#requested.signal;
  }

  /** The moment a part runs, so that no failure can forget it. */
  add(phase: ShutdownPhase, part: Stoppable): void {
    this.#parts[phase].push(part);
    if (this.signal.aborted) void part.stop();
  }

  request(): void {
    this.#requested.abort();
  }

  async stopAll(): Promise<void> {
    this.request();
    for (const phase of PHASES) {
      const parts = this.#parts[phase];
      if (parts.length === 0) continue;
      if (phase !== 'lock') this.#say(`Stopping ${parts.map(({ name }) => name).join(', ')}`);
      await Promise.all(parts.map((part) => part.stop()));
    }
  }

  killAll(): void {
    for (const part of Object.values(this.#parts).flat()) part.kill();
  }
}

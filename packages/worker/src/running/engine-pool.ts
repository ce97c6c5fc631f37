import type { LocalModel } from '@whisper/speech/models/local-models';
import { startEngineProcess, type EngineLaunch, type EngineProcess } from '../engine/engine-process.ts';
import { residentBytes } from './resident-bytes.ts';

export interface PoolSettings extends EngineLaunch {
  /** Of all engine processes together. What is at work may exceed it; what is idle may not. */
  readonly memoryBytes: number;
}

/** One engine process with one model. */
export interface PooledEngine {
  readonly directory: string;
  readonly name: string;
  readonly engine: EngineProcess;
  /** The slot that works with it now. */
  slot: number | undefined;
  /** Counts uses of the pool: the lower, the longer ago. */
  lastUse: number;
}

/** Engine processes, idle ones kept while they fit: the least recently used ends first, which gives its memory back. */
export class EnginePool {
  readonly #settings: PoolSettings;
  readonly #engines = new Set<PooledEngine>();
  #uses = 0;

  constructor(settings: PoolSettings) {
    this.#settings = settings;
  }

  get engines(): readonly PooledEngine[] {
    return [...this.#engines];
  }

  /** An idle engine with the model, for a slot. */
  async takeIdle(slot: number, { directory }: LocalModel): Promise<PooledEngine | undefined> {
    for (const idle of this.#idle()) if (!idle.engine.isAlive()) await this.end(idle);
    const found = this.#idle().findLast((idle) => idle.directory === directory);
    if (found !== undefined) found.slot = slot;
    return found;
  }

  /** A new process for a slot, without its model yet. */
  start(slot: number, { directory, name }: LocalModel): PooledEngine {
    const started = { directory, name, engine: startEngineProcess(this.#settings), slot, lastUse: 0 };
    this.#engines.add(started);
    return started;
  }

  /** The slot is done with it. */
  release(engine: PooledEngine): void {
    this.#uses += 1;
    engine.slot = undefined;
    engine.lastUse = this.#uses;
  }

  /** Ends idle engines until `neededBytes` more fit, or none is left. */
  async makeRoom(neededBytes: number): Promise<void> {
    for (const idle of this.#idle()) {
      if ((await this.residentBytes()) + neededBytes <= this.#settings.memoryBytes) return;
      if (idle.slot === undefined) await this.end(idle); // nobody took it while we measured
    }
  }

  async residentBytes(): Promise<number> {
    const sizes = await Promise.all(this.engines.map(({ engine }) => residentBytes(engine.pid)));
    return sizes.reduce((sum, size) => sum + size, 0);
  }

  /** Its memory is free when this resolves. */
  async end(engine: PooledEngine): Promise<void> {
    this.#engines.delete(engine);
    await engine.engine[Symbol.asyncDispose]();
  }

  /** The least recently used first. */
  #idle(): PooledEngine[] {
    return this.engines.filter(({ slot }) => slot === undefined).sort((a, b) => a.lastUse - b.lastUse);
  }
}

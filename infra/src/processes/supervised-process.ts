import type { ChildProcess } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describeLogLine } from './describe-log-line.ts';
import { removePidFile, writePidFile } from './pid-file.ts';
import { openProcessLog, type ProcessLog } from './process-log.ts';
import { signalIfThere } from './signal-if-there.ts';
import { endOf, spawnProcess, type ProcessCommand } from './spawn-process.ts';

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;
/** Who has run this long has recovered: the next pause is short again. */
const STABLE_AFTER_MS = 30_000;

export interface ProcessPlan extends ProcessCommand {
  readonly name: string;
  /** Holds `logs/<name>.log` and `run/<name>.pid`. */
  readonly dataDirectory: string;
  readonly restart: boolean;
  /** Receives the warnings of the process and what happens to it. */
  readonly onLine: (line: string) => void;
}

/** A child process that is started again after a crash, with growing pauses, until it is stopped. */
export class SupervisedProcess {
  readonly name: string;
  readonly logFile: string;
  readonly #plan: ProcessPlan;
  readonly #pidFile: string;
  readonly #log: ProcessLog;
  readonly #stopping = new AbortController();
  readonly #done: Promise<void>;
  #child: ChildProcess | undefined;
  #restarts = 0;

  constructor(plan: ProcessPlan) {
    this.name = plan.name;
    this.logFile = join(plan.dataDirectory, 'logs', `${plan.name}.log`);
    this.#plan = plan;
    this.#pidFile = join(plan.dataDirectory, 'run', `${plan.name}.pid`);
    mkdirSync(join(plan.dataDirectory, 'run'), { recursive: true });
    this.#log = openProcessLog(this.logFile, (line) => {
      const described = describeLogLine(plan.name, line);
      if (described !== undefined) plan.onLine(described);
    });
    this.#done = this.#runUntilStopped();
  }

  /** Undefined while the process is not running. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  get restarts(): number {
    return this.#restarts;
  }

  /** Whether it runs or will be started again. */
  get ended(): boolean {
    return this.#child === undefined && (this.#stopping.signal.aborted || !this.#plan.restart);
  }

  /** SIGTERM, after `graceMs` SIGKILL to the whole group; resolves when it is gone. May be called twice. */
  async stop(graceMs: number): Promise<void> {
    this.#stopping.abort();
    this.#child?.kill('SIGTERM');
    // A service that listens on its channel would not end while it is open.
    if (this.#child?.connected) this.#child.disconnect();
    const force = setTimeout(() => {
      this.#killGroup();
    }, graceMs);
    await this.#done;
    clearTimeout(force);
  }

  /** SIGKILL to the whole group at once, without a wait. */
  kill(): void {
    this.#stopping.abort();
    this.#killGroup();
    removePidFile(this.#pidFile);
  }

  async #runUntilStopped(): Promise<void> {
    let pauseMs = FIRST_PAUSE_MS;
    for (;;) {
      const startedAt = performance.now();
      const outcome = await this.#runOnce();
      if (this.#stopping.signal.aborted || !this.#plan.restart) break;
      if (performance.now() - startedAt > STABLE_AFTER_MS) pauseMs = FIRST_PAUSE_MS;
      this.#note(
        `${this.name} ended (${outcome}), starting it again in ${pauseMs / 1000} s: ${this.logFile}`,
      );
      await this.#pause(pauseMs);
      if (this.#isStopping()) break;
      pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
      this.#restarts += 1;
    }
    await this.#log.close();
  }

  async #runOnce(): Promise<string> {
    const child = spawnProcess(this.#plan);
    this.#child = child;
    if (child.pid !== undefined) writePidFile(this.#pidFile, child.pid);
    if (child.stdout) this.#log.capture(child.stdout);
    if (child.stderr) this.#log.capture(child.stderr);
    const outcome = await endOf(child);
    this.#killGroup(); // helpers that have outlived it
    this.#child = undefined;
    removePidFile(this.#pidFile);
    return outcome;
  }

  #killGroup(): void {
    if (this.#child?.pid !== undefined) signalIfThere(-this.#child.pid, 'SIGKILL');
  }

  /** A call, because the compiler takes the flag for unchanged across an await. */
  #isStopping(): boolean {
    return this.#stopping.signal.aborted;
  }

  async #pause(durationMs: number): Promise<void> {
    await sleep(durationMs, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
  }

  #note(line: string): void {
    this.#log.note(line);
    this.#plan.onLine(line);
  }
}

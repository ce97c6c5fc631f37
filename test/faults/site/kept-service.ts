import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { pause } from '@whisper/shared/kit/pause';
import { startService, type LogLine, type Service } from '../../helpers/start-service.ts';

/** As `npm start` has it: who dies is started again a little later. */
const RESTART_PAUSE_MS = 500;

/** One end of a service's process. */
export interface Ending {
  /** Whether the test wanted it. */
  readonly wanted: boolean;
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A service that runs again after each death, as under any supervisor, until it is disposed. */
export interface KeptService extends AsyncDisposable {
  readonly name: string;
  /** Of the process that runs now; that of the last one while none does. */
  readonly pid: () => number;
  readonly isUp: () => boolean;
  /** Sends a signal; resolves at once. */
  readonly signal: (signal: NodeJS.Signals) => void;
  /** SIGKILL; resolves when the next one is ready. */
  readonly killAndWait: () => Promise<void>;
  /** SIGTERM; resolves when the next one is ready. @returns the exit code */
  readonly restart: () => Promise<number | null>;
  /** Stays down until `resume`. */
  readonly stayDown: (signal: 'SIGTERM' | 'SIGKILL') => Promise<void>;
  readonly resume: () => Promise<void>;
  readonly up: () => Promise<void>;
  /** Of all its processes. */
  readonly log: () => readonly LogLine[];
  /** What is no JSON: stacks of errors that nobody caught. */
  readonly stray: () => readonly string[];
  readonly endings: () => readonly Ending[];
}

export async function keepService(name: string, entry: string, env: NodeJS.ProcessEnv): Promise<KeptService> {
  const kept = new Keeper(name, () => startService(entry, env));
  await kept.resume();
  return kept;
}

class Keeper implements KeptService {
  readonly name: string;
  readonly #start: () => Promise<Service>;
  readonly #all: Service[] = [];
  readonly #endings: Ending[] = [];
  readonly #disposed = new AbortController();
  #wanted = false;
  #staysDown = false;
  #starting: Promise<void> = Promise.resolve();

  constructor(name: string, start: () => Promise<Service>) {
    this.name = name;
    this.#start = start;
  }

  pid(): number {
    return this.#current().process.pid ?? 0;
  }

  isUp(): boolean {
    return isAlive(this.#current());
  }

  async up(): Promise<void> {
    do {
      await this.#starting;
      if (!this.isUp()) await sleep(20);
    } while (!this.isUp());
  }

  signal(signal: NodeJS.Signals): void {
    if (signal === 'SIGKILL' || signal === 'SIGTERM') this.#wanted = true;
    this.#current().process.kill(signal);
  }

  async killAndWait(): Promise<void> {
    await this.#end('SIGKILL');
    await this.up();
  }

  async restart(): Promise<number | null> {
    const ended = await this.#end('SIGTERM');
    await this.up();
    return ended.process.exitCode;
  }

  async stayDown(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    this.#staysDown = true;
    await this.#end(signal);
  }

  async resume(): Promise<void> {
    this.#staysDown = false;
    const service = await this.#start();
    this.#all.push(service);
    this.#wanted = false;
    void this.#watch(service);
  }

  log(): readonly LogLine[] {
    return this.#all.flatMap((service) => service.log());
  }

  stray(): readonly string[] {
    return this.#all.flatMap((service) => service.stray());
  }

  endings(): readonly Ending[] {
    return this.#endings;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed.abort();
    await this.#starting.catch(() => undefined);
    await Promise.all(this.#all.filter(isAlive).map((service) => service[Symbol.asyncDispose]()));
  }

  #current(): Service {
    const last = this.#all.at(-1);
    if (!last) throw new Error(`${this.name} was never started`);
    return last;
  }

  async #end(signal: 'SIGTERM' | 'SIGKILL'): Promise<Service> {
    const ended = this.#current();
    this.#wanted = true;
    await (signal === 'SIGTERM' ? ended.stop() : ended.kill());
    return ended;
  }

  async #watch({ process: child }: Service): Promise<void> {
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    this.#endings.push({ wanted: this.#wanted, code: child.exitCode, signal: child.signalCode });
    if (!this.#staysDown && !this.#disposed.signal.aborted) this.#starting = this.#startAgain();
  }

  async #startAgain(): Promise<void> {
    while (await pause(RESTART_PAUSE_MS, this.#disposed.signal)) {
      try {
        await this.resume();
        return;
      } catch (error) {
        if (this.#disposed.signal.aborted) return;
        process.stderr.write(`${this.name} does not start: ${String(error)}\n`);
      }
    }
  }
}

const isAlive = ({ process: { exitCode, signalCode } }: Service): boolean =>
  exitCode === null && signalCode === null;

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { z } from 'zod';

const measurementSchema = z.object({
  /** Log-mel to what the decoder needs. */
  encodeMs: z.number(),
  /** Mean of a decoder step after the prompt. */
  tokenMs: z.number(),
  windowMs: z.number(),
  /** Of all cores, for the window: what a busy machine disturbs least. */
  cpuMs: z.number(),
  residentBytes: z.number(),
});
export type Measurement = z.infer<typeof measurementSchema>;

/** A process that measures one window each time it is asked. */
export interface Contestant extends AsyncDisposable {
  readonly name: string;
  measure(): Promise<Measurement>;
}

export interface ContestantCommand {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Besides what this process has. */
  readonly env?: NodeJS.ProcessEnv;
}

/** @throws Error that names the contestant when it does not start or ends. */
export async function startContestant({ name, command, args, env }: ContestantCommand): Promise<Contestant> {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, ...env } });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const exited = once(child, 'exit');
  exited.catch(() => undefined); // a program that is not there; the missing line tells
  const nextLine = async (): Promise<unknown> => {
    const line = await lines.next();
    if (line.done === true) throw new Error(`${name} (${command}) ended`);
    return JSON.parse(line.value);
  };
  child.stdin.on('error', () => undefined); // as above
  await nextLine();
  return {
    name,
    measure: async () => {
      child.stdin.write('\n');
      return measurementSchema.parse(await nextLine());
    },
    [Symbol.asyncDispose]: async () => {
      child.stdin.end();
      child.kill();
      await exited.catch(() => undefined);
    },
  };
}

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const PROBE_TIMEOUT_MS = 60_000;
const ENTRY = fileURLToPath(new URL(`./try-providers${import.meta.url.slice(-3)}`, import.meta.url));

const answerSchema = z.union([
  z.strictObject({ provider: z.enum(['cuda', 'webgpu']) }),
  z.strictObject({ reasons: z.record(z.string(), z.string()) }),
]);

export type GpuProbe =
  | { readonly usable: true; readonly provider: 'cuda' | 'webgpu'; readonly device: string }
  | { readonly usable: false; readonly why: string };

/** Runs a real model on each GPU provider, in a child process, and says which works or why none does. */
export function probeGpu(): GpuProbe {
  const child = spawnSync(process.execPath, [...process.execArgv, ENTRY], {
    encoding: 'utf8',
    timeout: PROBE_TIMEOUT_MS,
  });
  const answer = answerSchema.safeParse(parseJson(child.stdout));
  if (!answer.success) {
    return {
      usable: false,
      why: `the probe ended with ${child.signal ?? `code ${child.status ?? 'unknown'}`}`,
    };
  }
  if ('provider' in answer.data) {
    return {
      usable: true,
      provider: answer.data.provider,
      device: `${cardName()} (${answer.data.provider})`,
    };
  }
  const reasons = Object.entries(answer.data.reasons);
  return { usable: false, why: reasons.map(([provider, reason]) => `${provider}: ${reason}`).join('; ') };
}

function parseJson(text: string | null): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined; // told apart by the schema
  }
}

function cardName(): string {
  const query = spawnSync('nvidia-smi', ['--query-gpu=name', '--format=csv,noheader'], { encoding: 'utf8' });
  return query.status === 0 ? (query.stdout.split('\n')[0]?.trim() ?? 'GPU') : 'GPU';
}

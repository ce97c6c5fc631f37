import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { applyTopology } from '@whisper/infra/apply-topology';
import { findNatsServer } from '@whisper/infra/servers/find-nats-server';
import { connectBus, type Bus } from '@whisper/shared/bus/connect';
import { publishDurably } from '@whisper/shared/bus/publish';
import type { Job } from '@whisper/shared/contracts/job';
import { jobSubmitted } from '@whisper/shared/contracts/job-submitted';
import { classOf } from '@whisper/shared/contracts/model-priority';
import { createObjectBlobStore } from '@whisper/shared/storage/object-blob-store';
import { cacheDirectory } from '../../helpers/cache-directory.ts';
import { eventually } from '../../helpers/eventually.ts';
import { startNatsNodes } from '../../helpers/nats-nodes.ts';
import { silent } from '../../helpers/start-servers.ts';
import { startService, type Service } from '../../helpers/start-service.ts';
import { testJob } from '../../helpers/test-jobs.ts';

const CLOCK_TICK_MS = 10;
const STORE_BYTES = 64 * 1024 ** 2;

/** Real nats-servers and a real scheduler; jobs are submitted as ingest does, without audio. */
export interface Stage extends AsyncDisposable {
  readonly bus: Bus;
  readonly natsPids: readonly number[];
  readonly scheduler: Service;
  readonly connect: () => Promise<Bus>;
  /** @returns when it was submitted, by the monotonic clock */
  readonly submit: (part: Partial<Job> & { readonly jobId: string }, sizeBytes?: number) => Promise<number>;
}

export interface StageOptions {
  /** Settings of the scheduler. */
  readonly env?: NodeJS.ProcessEnv;
  /** 1: one nats-server; 3: a cluster of three. */
  readonly replicas?: 1 | 3;
}

export async function openStage({ env = {}, replicas = 1 }: StageOptions = {}): Promise<Stage> {
  const directory = await mkdtemp(join(tmpdir(), 'whisper-bench-'));
  const servers = await startNatsNodes({ directory, count: replicas, binary: await findNatsServer(find) });
  const connect = (): Promise<Bus> =>
    connectBus('provisioner', { NATS_URL: servers.url }, silent, new AbortController().signal);
  const bus = await connect();
  const limits = { queueLimit: 100_000, tenantQueueLimit: 100_000 };
  await eventually(
    async () => {
      await applyTopology(bus, createObjectBlobStore(bus, STORE_BYTES), {
        ...{ replicas, resultTtlSeconds: 3_600, audioTtlDays: 1 },
        ...limits,
      });
      return true;
    },
    { timeoutMs: 60_000, everyMs: 1_000 }, // a cluster elects its leaders first
  );
  const settings = { NATS_URL: servers.url, DATA_DIR: directory, LOG_LEVEL: 'info', ...env };
  const scheduler = await startService('services/scheduler/src/main.ts', settings);
  return {
    ...{ bus, scheduler, connect, natsPids: servers.nodes.map(({ pid }) => pid()) },
    submit: (part, sizeBytes = 1_000) => submit(bus, part, sizeBytes),
    [Symbol.asyncDispose]: async () => {
      await scheduler[Symbol.asyncDispose]();
      await bus[Symbol.asyncDispose]();
      await servers[Symbol.asyncDispose]();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

const find = { cacheDirectory, env: process.env, onProgress: () => undefined };

async function submit(
  bus: Bus,
  part: Partial<Job> & { readonly jobId: string },
  sizeBytes: number,
): Promise<number> {
  const job = testJob({ audio: { sha256: 'a'.repeat(64), sizeBytes }, ...part });
  const subject = jobSubmitted.subject({ modelClass: classOf(job.model, {}), tenant: job.tenant });
  const submittedMs = performance.now();
  await publishDurably(bus, subject, jobSubmitted.encode(job), { messageId: job.jobId });
  return submittedMs;
}

/** Processor time that a process has used, in milliseconds. */
export async function cpuMs(pid: number): Promise<number> {
  const [, rest = ''] = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ');
  const fields = rest.split(' ');
  return (Number(fields[11]) + Number(fields[12])) * CLOCK_TICK_MS;
}

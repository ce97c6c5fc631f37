import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Role } from '@whisper/shared/contracts/role';
import { startServers, type Servers } from './start-servers.ts';
import { startService, type LogLine, type Service } from './start-service.ts';

const PICO = fileURLToPath(new URL('../../models/pico', import.meta.url));

export interface SystemOptions {
  /** `pico` runs the real engine; `paced` one whose time the "audio" sets, under these models' names. */
  readonly engine: 'pico' | { readonly paced: readonly string[] };
  readonly slots?: number;
  readonly queueLimit?: number;
  readonly env?: NodeJS.ProcessEnv;
}

/** The whole pipeline: real servers, every service in its own process. */
export interface System extends AsyncDisposable {
  readonly servers: Servers;
  readonly ingest: Service;
  readonly scheduler: Service;
  readonly worker: Service;
  readonly url: string;
  /** Every service that runs, as an operator would; the servers stay. */
  readonly stopServices: () => Promise<void>;
  readonly startWorker: (settings?: NodeJS.ProcessEnv) => Promise<Service>;
  readonly startScheduler: (settings?: NodeJS.ProcessEnv) => Promise<Service>;
  /** One more ingest, on a port of its own, with settings of its own. */
  readonly startIngest: (
    settings?: NodeJS.ProcessEnv,
  ) => Promise<{ readonly service: Service; readonly url: string }>;
}

export async function startSystem(options: SystemOptions): Promise<System> {
  const servers = await startServers({ ...(options.queueLimit && { queueLimit: options.queueLimit }) });
  const started: Service[] = [];
  const env = { ...(await environment(servers, options)), ...options.env };
  const start = async (role: Role, entry: string, settings: NodeJS.ProcessEnv = {}): Promise<Service> => {
    const service = await startService(entry, { ...servers.s3As(role), ...env, ...settings });
    started.push(service);
    return service;
  };
  const workerEntry =
    options.engine === 'pico' ? 'services/cpu-worker/src/main.ts' : 'test/helpers/paced-worker.ts';
  const startWorker: System['startWorker'] = (settings) => start('cpu-worker', workerEntry, settings);
  const startScheduler: System['startScheduler'] = (settings) =>
    start('scheduler', 'services/scheduler/src/main.ts', settings);
  const startIngest: System['startIngest'] = async (settings) => {
    const service = await start('ingest', 'services/ingest/src/main.ts', settings);
    return { service, url: urlOf(service.log()) };
  };
  const dispose = async (): Promise<void> => {
    await Promise.all(started.map((service) => service[Symbol.asyncDispose]()));
    await servers[Symbol.asyncDispose]();
    refuseRefusals(started);
  };
  try {
    const [scheduler, worker, ingest] = await Promise.all([startScheduler(), startWorker(), startIngest()]);
    return {
      servers,
      ingest: ingest.service,
      scheduler,
      worker,
      url: ingest.url,
      stopServices: async () => {
        await Promise.all(started.map((service) => service.stop()));
      },
      startWorker,
      startScheduler,
      startIngest,
      [Symbol.asyncDispose]: dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}

async function environment(
  servers: Servers,
  { engine, slots = 2 }: SystemOptions,
): Promise<NodeJS.ProcessEnv> {
  const models = join(servers.directory, 'models');
  await mkdir(models, { recursive: true });
  const names = engine === 'pico' ? [] : engine.paced;
  for (const name of names) await cp(PICO, join(models, name), { recursive: true });
  return {
    ...servers.natsEnv,
    DATA_DIR: servers.directory,
    MODELS_DIR: models,
    DEFAULT_MODEL: 'pico',
    HF_ENDPOINT: 'http://127.0.0.1:9',
    PORT: '0',
    SLOTS: String(slots),
    DRAIN_SECONDS: '5',
  };
}

function urlOf(log: readonly LogLine[]): string {
  return String(log.find(({ msg }) => msg === 'ready')?.['url']);
}

/** Every system of the tests runs behind the doors: what a role lacks for its work is a defect. */
function refuseRefusals(services: readonly Service[]): void {
  const lines = services.flatMap((service) => service.log());
  const refused = lines.filter(
    (line) =>
      line.msg.startsWith('NATS refuses') || JSON.stringify(line).includes('blob store does not let us'),
  );
  if (refused.length === 0) return;
  const told = refused.map((line) => JSON.stringify(line));
  throw new Error(`Roles lack permissions (packages/shared/src/contracts/permissions):\n${told.join('\n')}`);
}

import { repositoryRoot } from '../config.ts';
import { SupervisedProcess } from '../processes/supervised-process.ts';
import { serviceCommand, type ServiceName } from './service-command.ts';
import type { ShutdownPhase } from './shutdown.ts';
import type { StartContext } from './start-context.ts';

/** After its drain time a service settles what is left and ends itself; only then do we kill it. */
const AFTER_DRAIN_MS = 12_000;

const PHASES: Readonly<Record<ServiceName, ShutdownPhase>> = {
  ingest: 'ingest',
  scheduler: 'scheduler',
  'cpu-worker': 'workers',
  'gpu-worker': 'workers',
};

export function startServices(
  services: readonly ServiceName[],
  envOf: (service: ServiceName) => NodeJS.ProcessEnv,
  context: StartContext,
): readonly SupervisedProcess[] {
  return services.map((service) => startService(service, envOf(service), context));
}

function startService(
  service: ServiceName,
  serviceEnv: NodeJS.ProcessEnv,
  { settings, env, say, shutdown }: StartContext,
): SupervisedProcess {
  shutdown.signal.throwIfAborted();
  const running = new SupervisedProcess({
    name: service,
    command: process.execPath,
    args: serviceCommand(service, settings.NODE_ENV),
    cwd: repositoryRoot,
    env: { ...env, ...serviceEnv },
    dataDirectory: settings.DATA_DIR,
    endsWithUs: 'channel',
    restart: true,
    onLine: say,
  });
  shutdown.add(PHASES[service], {
    name: service,
    stop: () => running.stop(settings.DRAIN_SECONDS * 1000 + AFTER_DRAIN_MS),
    kill: () => {
      running.kill();
    },
  });
  return running;
}

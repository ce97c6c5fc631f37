import { join } from 'node:path';
import { repositoryRoot } from '../config.ts';

export type ServiceName = 'ingest' | 'scheduler' | 'cpu-worker' | 'gpu-worker';

/** Arguments for Node: the sources in development, what `npm run build` made in production. */
export function serviceCommand(service: ServiceName, nodeEnv: string | undefined): readonly string[] {
  const folder = join(repositoryRoot, 'services', service);
  return nodeEnv === 'production'
    ? ['--enable-source-maps', join(folder, 'dist/main.js')]
    : ['--import', 'tsx', '--conditions=development', join(folder, 'src/main.ts')];
}

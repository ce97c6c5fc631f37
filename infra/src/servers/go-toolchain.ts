/** Go for building servers: the user's own when new enough, else Debian's package unpacked in our cache. */
import { join } from 'node:path';
import { compareVersions, versionIn } from './compare-versions.ts';
import { unpackDebianPackages } from './debian-package.ts';
import { findOnPath, isExecutable } from './find-on-path.ts';
import type { FindOptions } from './find-server.ts';
import { installIntoCache } from './install-into-cache.ts';
import { runTool } from './run-tool.ts';

const OLDEST_GO = '1.24';
const DEBIAN_GO = {
  name: 'go',
  version: '1.24',
  suite: 'trixie',
  packages: ['golang-1.24-go', 'golang-1.24-src'],
  root: 'usr/lib/go-1.24',
} as const;

export interface GoToolchain {
  readonly command: string;
  readonly env: NodeJS.ProcessEnv;
}

export async function findGo(options: FindOptions): Promise<GoToolchain> {
  return (await goOnPath(options)) ?? (await goFromDebian(options));
}

/** Undefined when there is none, or only one that is too old to fetch a newer toolchain for itself. */
export async function goOnPath(options: FindOptions): Promise<GoToolchain | undefined> {
  const command = findOnPath('go', options.env);
  if (command === undefined) return undefined;
  const env = { ...options.env, GOTOOLCHAIN: 'local' };
  const version = versionIn(await runTool({ command, args: ['version'], env }).catch(() => ''));
  if (version === undefined || compareVersions(version, OLDEST_GO) < 0) return undefined;
  return { command, env: options.env };
}

async function goFromDebian(options: FindOptions): Promise<GoToolchain> {
  const programPath = join(DEBIAN_GO.root, 'bin/go');
  const root = join(options.cacheDirectory, 'servers', `${DEBIAN_GO.name}-${DEBIAN_GO.version}`);
  if (!isExecutable(join(root, programPath))) {
    options.onProgress(`  Go ${OLDEST_GO} or newer is not on PATH: getting it from Debian`);
    await installIntoCache({ ...DEBIAN_GO, programPath }, options, (directory) =>
      unpackDebianPackages(DEBIAN_GO, directory, options),
    );
  }
  return { command: join(root, programPath), env: ownGoEnvironment(root, options) };
}

/** A Go that we brought keeps its modules and build results with us, not in the user's home. */
function ownGoEnvironment(root: string, options: FindOptions): NodeJS.ProcessEnv {
  return {
    ...options.env,
    GOROOT: join(root, DEBIAN_GO.root),
    GOPATH: join(options.cacheDirectory, 'go'),
    GOMODCACHE: join(options.cacheDirectory, 'go/modules'),
    GOCACHE: join(options.cacheDirectory, 'go/build'),
  };
}

/**
 * Programs out of Debian packages of any suite, without root and without installing: apt works on lists
 * and folders of our own, checks the archive's signature, and dpkg-deb unpacks.
 */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FindOptions } from './find-server.ts';
import { findOnPath } from './find-on-path.ts';
import { runTool } from './run-tool.ts';

export interface DebianPackages {
  readonly suite: string;
  readonly packages: readonly string[];
}

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

export async function unpackDebianPackages(
  wanted: DebianPackages,
  directory: string,
  options: FindOptions,
): Promise<void> {
  const mirror = await debianMirror(options);
  const workspace = await mkdtemp(join(directory, '.apt-'));
  try {
    const aptGet = await aptIn(
      workspace,
      `deb [signed-by=${KEYRING}] ${mirror} ${wanted.suite} main`,
      options,
    );
    await aptGet(['update']);
    await aptGet(['download', ...wanted.packages]);
    await unpackAll(join(workspace, 'downloads'), directory, options);
  } finally {
    await rm(workspace, { recursive: true, force: true });
  }
}

/** The mirror that this machine itself is set up to use. */
async function debianMirror(options: FindOptions): Promise<string> {
  for (const tool of ['apt-get', 'dpkg-deb'])
    if (!findOnPath(tool, options.env)) throw new Error(`${tool} is not on this machine`);
  const release = await readFile('/etc/os-release', 'utf8');
  const codename = /^VERSION_CODENAME=(.+)$/m.exec(release)?.[1];
  if (!/^ID=debian$/m.test(release) || codename === undefined) throw new Error('this is not Debian');
  const format = ['--no-release-info', '--format', '$(REPO_URI)|$(RELEASE)|$(COMPONENT)'];
  const args = ['indextargets', ...format, 'Created-By: Packages'];
  const targets = await runTool({ command: 'apt-get', args, env: options.env, signal: options.signal });
  const own = targets.split('\n').find((line) => line.endsWith(`|${codename}|main`));
  if (own === undefined) throw new Error(`apt has no mirror for ${codename}`);
  return own.slice(0, own.indexOf('|'));
}

async function aptIn(workspace: string, source: string, options: FindOptions) {
  for (const folder of ['lists/partial', 'cache/archives/partial', 'downloads'])
    await mkdir(join(workspace, folder), { recursive: true });
  await writeFile(join(workspace, 'sources.list'), `${source}\n`);
  const settings = [
    `Dir::State::Lists=${workspace}/lists`,
    `Dir::Etc::SourceList=${workspace}/sources.list`,
    'Dir::Etc::SourceParts=/dev/null',
    `Dir::Cache=${workspace}/cache`,
    'Acquire::Languages=none',
    'Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false',
    'Acquire::http::Timeout=15',
    'Acquire::Retries=1',
    'APT::Sandbox::User=', // as root, apt would drop to a user that cannot write here
  ].flatMap((setting) => ['-o', setting]);
  const common = { command: 'apt-get', cwd: join(workspace, 'downloads'), env: options.env };
  return (args: readonly string[]): Promise<string> =>
    runTool({ ...common, args: ['-q', ...args, ...settings], signal: options.signal });
}

async function unpackAll(from: string, into: string, options: FindOptions): Promise<void> {
  for (const file of await readdir(from)) {
    const args = ['-x', join(from, file), into];
    await runTool({ command: 'dpkg-deb', args, env: options.env, signal: options.signal });
  }
}

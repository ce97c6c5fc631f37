/** The official archive of nats-server, checked against the SHA256SUMS of the same release. */
import { readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { downloadFile } from './download-file.ts';
import type { FindOptions, Way } from './find-server.ts';
import { runTool } from './run-tool.ts';

const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };

export function natsRelease(version: string): Way {
  return {
    name: 'official release',
    get: async (directory, options) => {
      const archive = archiveName(version);
      const base =
        options.env['NATS_DOWNLOAD_URL'] ??
        `https://github.com/nats-io/nats-server/releases/download/v${version}`;
      await downloadChecked(base, `${archive}.tar.gz`, directory, options);
      await unpack(archive, directory, options);
    },
  };
}

function archiveName(version: string): string {
  const architecture = ARCHITECTURES[process.arch];
  if (architecture === undefined || !['linux', 'darwin'].includes(process.platform))
    throw new Error(`there is none that we know for ${process.platform} ${process.arch}`);
  return `nats-server-v${version}-${process.platform}-${architecture}`;
}

async function downloadChecked(
  base: string,
  file: string,
  directory: string,
  options: FindOptions,
): Promise<void> {
  const sumsFile = join(directory, 'SHA256SUMS');
  await downloadFile(`${base}/SHA256SUMS`, sumsFile, options);
  const expected = checksumOf(file, await readFile(sumsFile, 'utf8'));
  const actual = await downloadFile(`${base}/${file}`, join(directory, file), options);
  if (actual !== expected) throw new Error(`${file} has the checksum ${actual}, ${expected} was announced`);
}

/** Lines are `<hex>  <file>`. */
function checksumOf(file: string, sums: string): string {
  const line = sums.split('\n').find((candidate) => candidate.trimEnd().endsWith(` ${file}`));
  const checksum = line?.split(/\s+/)[0];
  if (checksum === undefined) throw new Error(`SHA256SUMS does not name ${file}`);
  return checksum.toLowerCase();
}

async function unpack(archive: string, directory: string, options: FindOptions): Promise<void> {
  const args = ['-xzf', `${archive}.tar.gz`, '--no-same-owner'];
  await runTool({ command: 'tar', args, cwd: directory, env: options.env, signal: options.signal });
  await rename(join(directory, archive, 'nats-server'), join(directory, 'nats-server'));
  for (const leftover of [archive, `${archive}.tar.gz`, 'SHA256SUMS'])
    await rm(join(directory, leftover), { recursive: true });
}

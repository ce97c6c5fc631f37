import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { mkdir, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Of the root group of cgroup v1: whoever writes to the device, journals of the kernel included. */
const THROTTLE = '/sys/fs/cgroup/blkio/blkio.throttle.write_iops_device';

/** A disk of its own, a file with ext4 in it, that can be made slow. */
export interface SlowDisk extends AsyncDisposable {
  readonly path: string;
  /** So many writes a second; 0 for as many as it can. */
  readonly limitWrites: (perSecond: number) => Promise<void>;
}

/** Why there can be none here. */
export function whyNoSlowDisk(): string | undefined {
  if (process.getuid?.() !== 0) return 'mounting a disk needs root';
  try {
    accessSync(THROTTLE, constants.W_OK);
    accessSync('/dev/loop-control', constants.W_OK);
    return undefined;
  } catch {
    return 'needs loop devices and the blkio controller of cgroup v1';
  }
}

export async function mountSlowDisk(sizeBytes: number): Promise<SlowDisk> {
  const directory = await mkdtemp(join(tmpdir(), 'whisper-slow-'));
  const [image, path] = [join(directory, 'image'), join(directory, 'disk')];
  const file = await open(image, 'w');
  await file.truncate(sizeBytes);
  await file.close();
  await run('mkfs.ext4', ['-q', '-F', image]);
  await mkdir(path);
  const device = (await run('losetup', ['--find', '--show', image])).stdout.trim();
  await run('mount', [device, path]);
  const number = (await run('lsblk', ['-nro', 'MAJ:MIN', device])).stdout.trim();
  const limitWrites = (perSecond: number): Promise<void> => writeFile(THROTTLE, `${number} ${perSecond}`);
  return {
    ...{ path, limitWrites },
    [Symbol.asyncDispose]: async () => {
      await limitWrites(0);
      await run('umount', ['-l', path]);
      await run('losetup', ['--detach', device]);
      await rm(directory, { recursive: true, force: true });
    },
  };
}

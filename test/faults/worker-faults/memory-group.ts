import { accessSync, constants, readFileSync } from 'node:fs';
import { mkdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually } from '../../helpers/eventually.ts';

/** A control group of the kernel: what its processes use together is limited, and who uses most is killed beyond it. */
export interface MemoryGroup extends AsyncDisposable {
  /** Takes a process in, with all that it begins from now on. */
  readonly add: (pid: number) => Promise<void>;
  /** How many the kernel has killed. */
  readonly kills: () => Promise<number>;
}

/** The two versions of control groups, in their words. */
interface Version {
  readonly root: string;
  readonly limits: readonly string[];
  readonly counts: string;
}

const FIRST: Version = {
  root: '/sys/fs/cgroup/memory',
  limits: ['memory.limit_in_bytes', 'memory.memsw.limit_in_bytes'],
  counts: 'memory.oom_control',
};
const SECOND: Version = { root: '/sys/fs/cgroup', limits: ['memory.max'], counts: 'memory.events' };

/** Why there can be none here. */
export function whyNoMemoryGroup(): string | undefined {
  return findVersion() ? undefined : 'needs a control group for memory that may be written';
}

function findVersion(): Version | undefined {
  if (process.getuid?.() !== 0) return undefined;
  if (canWrite(join(FIRST.root, 'cgroup.procs'))) return FIRST;
  return canWrite(join(SECOND.root, 'cgroup.procs')) && delegatesMemory() ? SECOND : undefined;
}

function canWrite(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

const delegatesMemory = (): boolean =>
  readFileSync(join(SECOND.root, 'cgroup.subtree_control'), 'utf8').includes('memory');

export async function openMemoryGroup(name: string, limitBytes: number): Promise<MemoryGroup> {
  const version = findVersion();
  if (!version) throw new Error(whyNoMemoryGroup());
  const path = join(version.root, `whisper-${process.pid}-${name}`);
  await mkdir(path);
  const [memory = '', ...withSwap] = version.limits.map((file) => join(path, file));
  await writeFile(memory, String(limitBytes));
  for (const file of withSwap) if (canWrite(file)) await writeFile(file, String(limitBytes));
  return {
    add: (pid) => writeFile(join(path, 'cgroup.procs'), String(pid)),
    kills: async () => {
      const counts = await readFile(join(path, version.counts), 'utf8');
      return Number(/^oom_kill (\d+)$/m.exec(counts)?.[1] ?? 0);
    },
    // Once its processes are gone.
    [Symbol.asyncDispose]: async () => {
      await eventually(() => rmdir(path).then(() => true));
    },
  };
}

import { readdir } from 'node:fs/promises';
import http from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../../helpers/eventually.ts';
import type { Fault, FaultRun, Outcome } from '../run/fault.ts';
import { underLoad, type Found, type Scene } from '../run/under-load.ts';
import { mountSmallDisk, whyNoDisk, type SmallDisk } from './small-disk.ts';

/** Above what ingest leaves free for others, 256 MiB. */
const DISK_BYTES = 320 * 2 ** 20;
const FULL_MS = 10_000;
const UPLOADS = 4;
const FIRST_BYTES = 1_000_000;
const REST_BYTES = 30_000_000;

export const fullSpoolDisk: Fault = {
  id: 'F16',
  title: `the disk that uploads are spooled to is full for ${FULL_MS / 1_000} s (tmpfs), ${UPLOADS} uploads under way`,
  load: '1 ingest, 2 workers of 4 slots',
  criterion: '503 before and during the body; ingest lives, no file stays',
  skip: whyNoDisk,
  run: onSmallDisk,
};

async function onSmallDisk(run: FaultRun): Promise<Outcome> {
  await using disk = await mountSmallDisk(DISK_BYTES);
  const site = { ingestEnv: { DATA_DIR: disk.path } };
  return await underLoad(run, { site, mayBreak: false }, (scene) => fillDisk(scene, disk));
}

async function fillDisk({ client, site }: Scene, disk: SmallDisk): Promise<Found> {
  const url = site.ingests[0]?.url ?? '';
  const uploads = Array.from({ length: UPLOADS }, () => startUpload(url));
  await eventually(async () => (await spooled(disk.path)).length >= UPLOADS);
  await disk.fill(FIRST_BYTES);
  const answers = await Promise.all(uploads.map(({ finish }) => finish()));
  await sleep(FULL_MS);
  const left = await spooled(disk.path);
  await disk.clear();
  const refused = client.met().refused.get('spool_full') ?? 0;
  return {
    notes: [`uploads under way were answered ${answers.join(', ')}`],
    violations: [
      ...answers.filter((status) => status !== 503).map((status) => `an upload was answered ${status}`),
      ...left.map((path) => `${path} was left`),
      ...(refused > 0 ? [] : ['nobody was refused before the body']),
    ],
  };
}

async function spooled(directory: string): Promise<readonly string[]> {
  const paths = await readdir(join(directory, 'spool'), { recursive: true });
  return paths.filter((path) => path.includes('/'));
}

interface Upload {
  /** Sends the rest. @returns the status of the answer */
  readonly finish: () => Promise<number>;
}

/** Of no declared length, so that nobody can refuse it for its length. */
function startUpload(url: string): Upload {
  const request = http.request(`${url}/jobs?model=tiny`, {
    method: 'POST',
    agent: false,
    headers: { 'content-type': 'multipart/form-data; boundary=x' },
  });
  const answered = new Promise<number>((resolve) => {
    request.once('response', (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    request.on('error', () => {
      resolve(0);
    });
  });
  request.write('--x\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\n');
  request.write(Buffer.alloc(FIRST_BYTES));
  return {
    finish: () => {
      request.write(Buffer.alloc(REST_BYTES));
      request.end('\r\n--x--\r\n');
      return answered;
    },
  };
}

import { readdir } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { eventually } from '../../helpers/eventually.ts';
import type { Fault } from '../run/fault.ts';
import { spread } from '../run/pacing.ts';
import { underLoad, type Found, type Scene } from '../run/under-load.ts';

const KILLS = 5;
const UPLOADS = 8;
const SENT_BYTES = 1_000_000;

export const killedDuringUploads: Fault = {
  id: 'F04',
  title: `ingest is killed while ${UPLOADS} uploads are half sent, ${KILLS} times`,
  load: '1 ingest, 3 workers of 4 slots',
  criterion: 'no job of theirs, no spooled file after its next start, no upload begun in the store',
  run: (run) => underLoad(run, { site: { workers: 3 } }, killDuringUploads),
};

async function killDuringUploads(scene: Scene): Promise<Found> {
  const { site } = scene;
  const [ingest] = site.ingests;
  if (!ingest) return {};
  const kills = await spread(scene, KILLS, async () => {
    const halves = Array.from({ length: UPLOADS }, () => startUpload(ingest.url));
    await eventually(async () => (await spooledFiles(site.directory)) >= UPLOADS);
    await ingest.service.killAndWait();
    for (const half of halves) half.destroy();
  });
  return { notes: [`${kills} kills`] };
}

/** Half of a form, and then nothing. */
function startUpload(url: string): Socket {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  socket.write(
    [
      'POST /jobs?model=tiny HTTP/1.1',
      'host: x',
      'content-type: multipart/form-data; boundary=x',
      `content-length: ${2 * SENT_BYTES}`,
      '',
      '--x',
      'content-disposition: form-data; name="file"; filename="half"',
      '',
      '',
    ].join('\r\n'),
  );
  socket.write(Buffer.alloc(SENT_BYTES, 'x'));
  return socket;
}

async function spooledFiles(directory: string): Promise<number> {
  const paths = await readdir(join(directory, 'spool'), { recursive: true });
  return paths.filter((path) => path.startsWith('ingest') && path.includes('/')).length;
}

import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bus } from '@whisper/shared/bus/connect';
import { kvStream } from '@whisper/shared/contracts/permissions/grants';
import { BUCKETS, STREAMS } from '@whisper/shared/contracts/topology';
import type { BlobStore } from '@whisper/shared/storage/blob-store';
import { blobsToFiles, filesToBlobs } from './copy-blobs.ts';
import { restoreStream, snapshotStream, streamHeadSchema } from './snapshot-stream.ts';

/** Who is alive and who leads is true for the moment only. */
const PASSING = [BUCKETS.workers.name, BUCKETS.leases.name].map(kvStream);
const LAST = [BUCKETS.jobs.name, BUCKETS.results.name].map(kvStream);

/** Where blobs are copied to; without it they lie in a stream. */
export interface Site {
  readonly bus: Bus;
  readonly blobs: BlobStore | undefined;
  readonly say: (line: string) => void;
}

/**
 * Streams, buckets and blobs of a running system, each as of its moment. The order makes the whole consistent: a job on
 * its way from the intake to a lane is in one of both, and what a record says is done has its result.
 */
export async function backupSite({ bus, blobs, say }: Site, directory: string): Promise<void> {
  await mkdir(join(directory, 'streams'), { recursive: true, mode: 0o700 });
  for (const stream of await streamsToKeep(bus)) {
    const head = await snapshotStream(bus, stream, dataFile(directory, stream));
    await writeFile(headFile(directory, stream), JSON.stringify(head), { mode: 0o600 });
    say(`${stream}: ${String(head.state['messages'])} messages`);
  }
  if (!blobs) return;
  const { files, bytes } = await blobsToFiles(blobs, join(directory, 'blobs'));
  say(`${files} blobs, ${bytes} bytes`);
}

async function streamsToKeep(bus: Bus): Promise<readonly string[]> {
  const there: string[] = [];
  for await (const { config } of bus.manager.streams.list())
    if (config.storage === 'file') there.push(config.name);
  const declared = STREAMS.map(({ name }) => name);
  const others = there.filter((name) => ![...declared, ...LAST, ...PASSING].includes(name));
  return [...declared, ...others, ...LAST].filter((name) => there.includes(name));
}

/**
 * Into a site that has none of the streams; the topology is applied afterwards, for what a backup leaves out.
 * @throws Error when a stream is there already: nothing of it is touched
 */
export async function restoreSite(
  { bus, blobs, say }: Site,
  directory: string,
  replicas: number,
): Promise<void> {
  if (blobs) {
    const { files, bytes } = await filesToBlobs(join(directory, 'blobs'), blobs);
    say(`${files} blobs, ${bytes} bytes`);
  }
  const heads = (await readdir(join(directory, 'streams'))).filter((file) => file.endsWith('.json'));
  for (const stream of heads.map((file) => file.slice(0, -'.json'.length))) {
    const head = streamHeadSchema.parse(JSON.parse(await readFile(headFile(directory, stream), 'utf8')));
    const config = { ...head.config, num_replicas: replicas };
    await restoreStream(bus, stream, { ...head, config }, dataFile(directory, stream));
    say(`${stream}: ${String(head.state['messages'])} messages`);
  }
}

const headFile = (directory: string, stream: string): string => join(directory, 'streams', `${stream}.json`);
const dataFile = (directory: string, stream: string): string =>
  join(directory, 'streams', `${stream}.snapshot`);

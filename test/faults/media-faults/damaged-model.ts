import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hashFile } from '@whisper/speech/models/hash-file';
import { eventually } from '../../helpers/eventually.ts';
import { jobsApi, type ShownJob } from '../../helpers/jobs-api.ts';
import type { Fault, Outcome } from '../run/fault.ts';
import { openSite } from '../site/site.ts';
import { REAL_ENGINE } from './hostile-media.ts';
import { spokenAudio } from './spoken-audio.ts';

const GRAPHS = ['onnx/encoder_model_int8.onnx', 'onnx/decoder_model_merged_int8.onnx'];
const ENDED_MS = 90_000;

export const damagedModel: Fault = {
  id: 'F34',
  title: 'one bit of a model’s file is flipped on the disk',
  load: 'the real engine, one job before and one after it is mended',
  criterion: 'failed with model_unavailable, never a wrong text; well again once the file is',
  run: hearWithDamage,
};

async function hearWithDamage(): Promise<Outcome> {
  await using site = await openSite(REAL_ENGINE);
  const directory = join(site.directory, 'models', 'tiny');
  const url = site.ingests[0]?.url ?? '';
  await recordHashes(directory);
  const graph = join(directory, GRAPHS[0] ?? '');
  await flipBit(graph);
  const refused = await transcribe(url, 1);
  await flipBit(graph);
  const mended = await transcribe(url, 2);
  const isRefused = refused.state === 'failed' && refused.error?.code === 'model_unavailable';
  return {
    ...{ jobs: 2, lost: 0, doubled: 0, notes: [] },
    violations: [
      ...(isRefused ? [] : [`with damage: ${JSON.stringify(refused)}`]),
      ...(mended.state === 'completed' ? [] : [`mended: ${JSON.stringify(mended)}`]),
    ],
  };
}

/** As the downloader notes them. */
async function recordHashes(directory: string): Promise<void> {
  const entries = GRAPHS.map(async (path) => {
    const { length } = await readFile(join(directory, path));
    return [path, { sha256: await hashFile(join(directory, path), 'sha256'), sizeBytes: length }];
  });
  const files: unknown = Object.fromEntries((await Promise.all(entries)) as [string, unknown][]);
  await writeFile(join(directory, 'revision.json'), JSON.stringify({ revision: 'here', files }));
}

async function flipBit(path: string): Promise<void> {
  const content = await readFile(path);
  content.writeUInt8(content.readUInt8(content.length >> 1) ^ 1, content.length >> 1);
  await writeFile(path, content);
}

async function transcribe(url: string, number: number): Promise<ShownJob> {
  const { body } = await jobsApi.submit(url, new Blob([spokenAudio(number).bytes]), 'tiny');
  const look = async (): Promise<ShownJob | undefined> => {
    const job = (await jobsApi.get(url, body.jobId)).body;
    return job.finishedAt === null ? undefined : job;
  };
  return eventually(look, { timeoutMs: ENDED_MS, everyMs: 250 });
}

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EvalEntry } from './eval-sets.ts';

/** Bytes before the samples of a file of the sets: 16 kHz, one channel, 16 bits, no other chunk. */
const HEADER_BYTES = 44;

/** Writes the files one after the other into `joined.wav` beside them; no segments, since those count from each file's start. */
export async function joinFiles(directory: string, entries: readonly EvalEntry[]): Promise<EvalEntry> {
  const files = await Promise.all(entries.map(({ file }) => readFile(join(directory, file))));
  const samples = Buffer.concat(files.map((bytes) => bytes.subarray(HEADER_BYTES)));
  const header = Buffer.from(files[0]?.subarray(0, HEADER_BYTES) ?? []);
  header.writeUInt32LE(samples.length + HEADER_BYTES - 8, 4);
  header.writeUInt32LE(samples.length, 40);
  await writeFile(join(directory, 'joined.wav'), Buffer.concat([header, samples]));
  const text = entries.map((entry) => entry.text).join(' ');
  return { set: entries[0]?.set ?? '', file: 'joined.wav', voice: 'all', text, segments: [] };
}

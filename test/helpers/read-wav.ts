import { readFile } from 'node:fs/promises';

/** The samples (-1..1) of a 16-bit mono WAV file at 16 kHz, such as those in `samples/`. */
export async function readWav(path: string | URL): Promise<Float32Array> {
  const bytes = await readFile(path);
  const data = chunk(bytes, 'data');
  const samples = new Int16Array(data.buffer.slice(data.byteOffset, data.byteOffset + data.length));
  return Float32Array.from(samples, (sample) => sample / 32768);
}

/** The content of the first RIFF chunk called `id`. */
function chunk(bytes: Buffer, id: string): Buffer {
  for (let at = 12; at + 8 <= bytes.length;) {
    const size = bytes.readUInt32LE(at + 4);
    if (bytes.toString('latin1', at, at + 4) === id) return bytes.subarray(at + 8, at + 8 + size);
    at += 8 + size + (size % 2);
  }
  throw new Error(`The WAV file has no ${id} chunk`);
}

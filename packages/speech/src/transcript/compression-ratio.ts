import { deflateSync } from 'node:zlib';

/** Bytes of UTF-8 text per byte deflated: above 2.4 the text most likely repeats itself. */
export function compressionRatio(text: string): number {
  const bytes = Buffer.from(text, 'utf8');
  return bytes.length / deflateSync(bytes).length;
}

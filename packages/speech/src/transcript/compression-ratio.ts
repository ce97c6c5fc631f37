import { deflate } from 'pako';

/**
 * Bytes of UTF-8 text per byte deflated: above 2.4 the text most likely repeats itself. Deflated as zlib itself does it
 * (pako 2 is zlib 1.2 line by line): Node's own is Chromium's, which comes to 14 % more bytes for some texts, and the
 * thresholds are meant for the reference's.
 */
export function compressionRatio(text: string): number {
  const bytes = Buffer.from(text, 'utf8');
  return bytes.length / deflate(bytes).length;
}

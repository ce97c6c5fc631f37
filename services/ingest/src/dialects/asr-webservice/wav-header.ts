/** Sizes that say: as long as it goes on; the length is not known before the last sample. */
const UNKNOWN_BYTES = 0xffff_ffff;

/** The head of a WAV file of 16 kHz, one channel, 16 bits, little-endian: 44 bytes. */
export function wavHeader(): Buffer {
  const sampleRateHz = 16_000;
  const bytesPerSample = 2;
  const header = Buffer.alloc(44);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(UNKNOWN_BYTES, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20); // PCM
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(sampleRateHz, 24);
  header.writeUInt32LE(sampleRateHz * bytesPerSample, 28);
  header.writeUInt16LE(bytesPerSample, 32);
  header.writeUInt16LE(8 * bytesPerSample, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(UNKNOWN_BYTES, 40);
  return header;
}

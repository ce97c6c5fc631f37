import { execFile } from 'node:child_process';
import { randomFillSync } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { seededRandom } from '../../helpers/malformed-form.ts';
import { samplePath } from '../../helpers/sample-path.ts';

/** A file that means ill, and how its job may end. */
export interface HostileFile {
  readonly name: string;
  readonly bytes: Buffer;
  readonly oneOf: readonly string[];
}

const SEED = 20_261_125;
const FLIPS_EACH = 6;
/** Of 2 MB: enough to meet headers and packets. */
const FLIPPED_BYTES = 40;

const REFUSED = ['undecodable_audio', 'no_audio_track'];
const HEARD_OR_REFUSED = ['completed', ...REFUSED];
const ENCODED = {
  mp3: [],
  m4a: [],
  ogg: ['-c:a', 'libopus'],
  flac: [],
  webm: ['-c:a', 'libopus'],
  mp4: [],
} as const;

/** Made here and now, since nobody should store such things. `url` must never be asked for anything. */
export async function makeHostileCorpus(url: string): Promise<readonly HostileFile[]> {
  const directory = await mkdtemp(join(tmpdir(), 'whisper-hostile-'));
  try {
    const encoded = await encodeAll(directory);
    const wav = await readFile(samplePath('numbers.wav'));
    return [
      ...encoded.flatMap(({ name, bytes }) => [truncated(name, bytes), ...bitFlipped(name, bytes)]),
      ...lyingHeaders(wav),
      ...noAudioAtAll(url),
      ...(await oddOnes(directory)),
    ];
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function ffmpeg(...args: string[]): Promise<void> {
  await promisify(execFile)(process.env['FFMPEG_BIN'] ?? 'ffmpeg', ['-v', 'error', '-y', ...args]);
}

interface Named {
  readonly name: string;
  readonly bytes: Buffer;
}

async function encodeAll(directory: string): Promise<readonly Named[]> {
  const encode = async ([extension, args]: [string, readonly string[]]): Promise<Named> => {
    const path = join(directory, `speech.${extension}`);
    await ffmpeg('-i', samplePath('long-numbers.wav'), '-t', '10', ...args, path);
    return { name: extension, bytes: await readFile(path) };
  };
  return Promise.all(Object.entries(ENCODED).map(encode));
}

const truncated = (name: string, bytes: Buffer): HostileFile => ({
  name: `half a ${name}`,
  bytes: bytes.subarray(0, bytes.length >> 1),
  oneOf: HEARD_OR_REFUSED,
});

function bitFlipped(name: string, bytes: Buffer): readonly HostileFile[] {
  const random = seededRandom(SEED + name.length);
  return Array.from({ length: FLIPS_EACH }, (_, n) => {
    const flipped = Buffer.from(bytes);
    for (let flip = 0; flip < FLIPPED_BYTES; flip++) {
      const at = Math.floor(random() * flipped.length);
      flipped.writeUInt8(flipped.readUInt8(at) ^ (1 << Math.floor(random() * 8)), at);
    }
    return {
      name: `flipped bits in ${name}, ${n}`,
      bytes: flipped,
      oneOf: [...HEARD_OR_REFUSED, 'audio_too_long'],
    };
  });
}

/** Offsets of a canonical WAV header. */
const WAV_FIELDS = { channels: 22, sampleRate: 24, blockAlign: 32, bitsPerSample: 34, dataSize: 40 } as const;

function lyingHeaders(wav: Buffer): readonly HostileFile[] {
  const lie = (name: string, change: (bytes: Buffer) => unknown): HostileFile => {
    const bytes = Buffer.from(wav);
    change(bytes);
    return { name, bytes, oneOf: [...HEARD_OR_REFUSED, 'audio_too_long'] };
  };
  return [
    lie('a wav of 4 GiB', (bytes) => bytes.writeUInt32LE(0xffffffff, WAV_FIELDS.dataSize)),
    lie('a wav of no channels', (bytes) => bytes.writeUInt16LE(0, WAV_FIELDS.channels)),
    lie('a wav of 65535 channels', (bytes) => bytes.writeUInt16LE(0xffff, WAV_FIELDS.channels)),
    lie('a wav of 0 Hz', (bytes) => bytes.writeUInt32LE(0, WAV_FIELDS.sampleRate)),
    lie('a wav of 4 GHz', (bytes) => bytes.writeUInt32LE(0xffffffff, WAV_FIELDS.sampleRate)),
    lie('a wav of 1 Hz', (bytes) => bytes.writeUInt32LE(1, WAV_FIELDS.sampleRate)),
    lie('a wav of 3 bits', (bytes) => bytes.writeUInt16LE(3, WAV_FIELDS.bitsPerSample)),
    lie('a wav of one sample', (bytes) => bytes.fill(0, 46)),
  ];
}

function noAudioAtAll(url: string): readonly HostileFile[] {
  const text = (name: string, content: string): HostileFile => ({
    name,
    bytes: Buffer.from(content),
    oneOf: REFUSED,
  });
  return [
    { name: 'random bytes', bytes: randomFillSync(Buffer.alloc(200_000)), oneOf: REFUSED },
    { name: 'zeros', bytes: Buffer.alloc(200_000), oneOf: REFUSED },
    text('one byte', 'x'),
    text('a playlist', `#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n${url}/segment.ts\n#EXT-X-ENDLIST\n`),
    text('a concat script', `ffconcat version 1.0\nfile '${url}/one.wav'\nfile '/etc/passwd'\n`),
    text(
      'a session description',
      `v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nm=audio 5004 RTP/AVP 0\n`,
    ),
    text('a DASH manifest', `<?xml version="1.0"?><MPD><Period><BaseURL>${url}/</BaseURL></Period></MPD>`),
    { name: 'a tag of 4 MB and no frames', bytes: id3(4_000_000), oneOf: REFUSED },
  ];
}

/** An ID3v2 header in front of nothing but its own size. */
function id3(sizeBytes: number): Buffer {
  const size = [21, 14, 7, 0].map((shift) => (sizeBytes >> shift) & 0x7f);
  return Buffer.concat([Buffer.from([0x49, 0x44, 0x33, 4, 0, 0, ...size]), Buffer.alloc(sizeBytes)]);
}

async function oddOnes(directory: string): Promise<readonly HostileFile[]> {
  const at = (name: string): string => join(directory, name);
  const speech = samplePath('numbers.wav');
  const tracks = Array.from({ length: 100 }, () => ['-map', '0:a']).flat();
  await ffmpeg('-f', 'lavfi', '-i', 'color=size=64x64:rate=5:duration=1', '-c:v', 'mpeg4', at('silent.mp4'));
  await ffmpeg('-f', 'lavfi', '-i', 'anullsrc=r=8000:cl=mono', '-t', '36000', at('hours.flac'));
  await ffmpeg('-i', speech, ...tracks, '-c:a', 'pcm_s16le', at('tracks.mka'));
  const read = async (name: string, file: string, oneOf: readonly string[]): Promise<HostileFile> => ({
    name,
    bytes: await readFile(at(file)),
    oneOf,
  });
  return Promise.all([
    read('video alone', 'silent.mp4', REFUSED),
    read('10 hours of silence', 'hours.flac', ['audio_too_long']),
    read('100 tracks', 'tracks.mka', ['completed']),
  ]);
}

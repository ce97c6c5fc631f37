import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { PipelineError } from '@whisper/shared/contracts/errors';
import { ffmpegCommand, type FfmpegCall } from './ffmpeg-command.ts';

const SAMPLE_RATE_HZ = 16_000;
const BYTES_PER_SAMPLE = 4;
const STDERR_KEPT = 8 * 1024;
/** Exit codes above this one are signals: out of memory, out of CPU time. */
const KILLED_FROM = 128;
const NO_SANDBOX = /^(bwrap|prlimit):/m;
const NO_AUDIO_TRACK = /matches no streams|does not contain any stream/;

/**
 * Decodes any audio or video file to chunks of 16 kHz mono PCM (float32, -1..1), by a short-lived ffmpeg in a
 * sandbox. Reading slowly holds ffmpeg back; nothing is buffered beyond the pipe.
 * @param signal ends ffmpeg at once, whatever it is at
 * @throws PipelineError `undecodable_audio`, `no_audio_track`, `audio_too_long`; the signal's reason
 */
export async function* decodeAudio(call: FfmpegCall, signal?: AbortSignal): AsyncGenerator<Float32Array> {
  signal?.throwIfAborted();
  const [command, args] = ffmpegCommand(call);
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env: ffmpegEnvironment });
  const exited = once(child, 'exit');
  exited.catch(() => undefined);
  using _ending = endWith(child, signal);
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr = (stderr + chunk).slice(-STDERR_KEPT);
  });
  let samples = 0;
  try {
    for await (const chunk of toSamples(child.stdout)) {
      samples += chunk.length;
      if (samples > call.maxAudioSeconds * SAMPLE_RATE_HZ) throw tooLong(call.maxAudioSeconds);
      yield chunk;
    }
    signal?.throwIfAborted();
    const [code] = (await exited) as [number | null];
    if (code === null || code > KILLED_FROM || NO_SANDBOX.test(stderr)) throw decoderDied(stderr);
    if (code !== 0 || samples === 0) throw decodeFailure(stderr, samples);
  } finally {
    child.kill('SIGKILL');
  }
}

/** A cancelled decoder stops at once, also while nobody reads from it. */
function endWith(child: ChildProcess, signal: AbortSignal | undefined): Disposable {
  const end = (): void => {
    child.kill('SIGKILL');
  };
  signal?.addEventListener('abort', end, { once: true });
  return {
    [Symbol.dispose]: () => {
      signal?.removeEventListener('abort', end);
    },
  };
}

const ffmpegEnvironment = { PATH: '/usr/local/bin:/usr/bin:/bin' };

/** Bytes of the pipe as whole samples: a chunk may end within one. */
async function* toSamples(stdout: AsyncIterable<Buffer>): AsyncGenerator<Float32Array> {
  let rest = Buffer.alloc(0);
  for await (const chunk of stdout) {
    const bytes = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    const whole = bytes.length - (bytes.length % BYTES_PER_SAMPLE);
    rest = Buffer.from(bytes.subarray(whole));
    if (whole === 0) continue;
    const aligned = new Uint8Array(whole);
    aligned.set(bytes.subarray(0, whole));
    yield new Float32Array(aligned.buffer);
  }
}

const tooLong = (maxAudioSeconds: number): PipelineError =>
  new PipelineError('audio_too_long', `the audio is longer than ${maxAudioSeconds} s`, { field: 'file' });

/** Not the file's fault, as far as we can tell: another try may do. */
const decoderDied = (stderr: string): PipelineError =>
  new PipelineError('engine_failed', 'the decoder was ended', { cause: new Error(stderr.trim()) });

/** ffmpeg's own words stay out of the message: they hold paths. */
function decodeFailure(stderr: string, samples: number): PipelineError {
  const cause = new Error(stderr.trim() || 'ffmpeg said nothing');
  if (NO_AUDIO_TRACK.test(stderr)) {
    return new PipelineError('no_audio_track', 'the file has no audio track', { field: 'file', cause });
  }
  const what = samples > 0 ? 'the audio is damaged' : 'the file is not audio that can be decoded';
  return new PipelineError('undecodable_audio', what, { field: 'file', cause });
}

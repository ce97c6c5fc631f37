import { writeFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { cancelledError } from '@whisper/shared/contracts/errors';
import { decodeAudio } from '@whisper/worker/engine/decode-audio';
import { bestSandbox, SANDBOX_TIERS, type SandboxTier } from '@whisper/worker/engine/ffmpeg-command';
import { pipelineFailure } from '../helpers/pipeline-failure.ts';
import { samplePath } from '../helpers/sample-path.ts';
import { suite } from '../helpers/suite.ts';

const ffmpegPath = process.env['FFMPEG_BIN'] ?? 'ffmpeg';
const best = bestSandbox(ffmpegPath);
/** The best tier of this machine and every weaker one. */
const tiers = SANDBOX_TIERS.slice(SANDBOX_TIERS.indexOf(best));

async function decode(tier: SandboxTier, audioPath: string, maxAudioSeconds = 60): Promise<number> {
  let samples = 0;
  for await (const chunk of decodeAudio({ tier, ffmpegPath, audioPath, maxAudioSeconds }))
    samples += chunk.length;
  return samples;
}

suite(
  'decoding audio',
  { directory: '' },
  (test) => {
    test.before(async (context) => {
      context.directory = await mkdtemp(join(tmpdir(), 'whisper-decode-'));
    });
    test.after(async ({ directory }) => {
      await rm(directory, { recursive: true });
    });

    for (const tier of tiers) {
      test(`in the sandbox tier ${tier}: 16 kHz mono, all of it`, async () => {
        const samples = await decode(tier, samplePath('long-numbers.wav'));
        assert.ok(Math.abs(samples / 16_000 - 33) < 0.1);
      });
    }

    test('longer than the limit is refused as soon as it shows', async () => {
      const failure = await pipelineFailure(decode(best, samplePath('long-numbers.wav'), 5));
      assert.is(failure.code, 'audio_too_long');
    });

    test('a playlist, a script and random bytes are no audio, and our paths stay ours', async ({
      directory,
    }) => {
      for (const text of [
        '#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n',
        'ffconcat version 1.0\nfile /etc/passwd\n',
        '\x00\x01\x02',
      ]) {
        const path = join(directory, 'hostile');
        await writeFile(path, text);
        const failure = await pipelineFailure(decode(best, path));
        assert.is(failure.code, 'undecodable_audio');
        assert.not.match(failure.message, directory);
      }
    });

    test('a cancel ends it, though nobody reads', async () => {
      const cancel = new AbortController();
      const chunks = decodeAudio(
        { tier: best, ffmpegPath, audioPath: samplePath('long-numbers.wav'), maxAudioSeconds: 60 },
        cancel.signal,
      );
      assert.ok((await chunks.next()).value);
      cancel.abort(cancelledError());
      const rest = async (): Promise<void> => {
        while (!(await chunks.next()).done);
      };
      assert.is((await pipelineFailure(rest())).code, 'job_cancelled');
    });

    test('who stops reading stops ffmpeg', async () => {
      for await (const chunk of decodeAudio({
        tier: best,
        ffmpegPath,
        audioPath: samplePath('long-numbers.wav'),
        maxAudioSeconds: 60,
      })) {
        assert.ok(chunk.length > 0);
        break;
      }
    });
  },
  { timeoutMs: 120_000 },
);

import * as assert from 'uvu/assert';
import { PipelineError, type ErrorCode } from '@whisper/shared/contracts/errors';
import { judgeFailure, type Verdict } from '@whisper/worker/running/retry-policy';
import { suite } from '../helpers/suite.ts';

const MAX_ATTEMPTS = 3;
const MIDDLE = 0.5;

const judge = (code: ErrorCode, attempts: number, deliveries = attempts, random = MIDDLE): Verdict =>
  judgeFailure({ error: new PipelineError(code, ''), attempts, deliveries }, MAX_ATTEMPTS, random);

const delays = (code: ErrorCode, tries: readonly number[]): readonly (number | 'fail')[] =>
  tries.map((n) => {
    const verdict = judge(code, n);
    return verdict.kind === 'fail' ? 'fail' : verdict.delayMs;
  });

suite('retry policy', {}, (test) => {
  test('a failure that may pass is tried again, later each time, up to the limit', () => {
    assert.equal(delays('engine_failed', [1, 2, 3, 4]), [1_000, 3_000, 'fail', 'fail']);
    assert.equal(delays('internal', [1, 2, 3]), [1_000, 3_000, 'fail']);
  });

  test('a hub that is away gets more time', () => {
    assert.equal(delays('model_unavailable', [1, 2, 3]), [5_000, 15_000, 'fail']);
  });

  test('what no try can help fails at once', () => {
    for (const code of ['undecodable_audio', 'unknown_model', 'audio_too_long', 'invalid_message'] as const) {
      assert.equal(judge(code, 1), { kind: 'fail' }, code);
    }
  });

  test('an outage burns no attempt, however long it is, and its delay is bounded', () => {
    for (const code of ['queue_unavailable', 'storage_unavailable', 'queue_full'] as const) {
      const verdicts = [1, 2, 3, 7, 1_000].map((deliveries) => judge(code, 3, deliveries));
      assert.equal(
        verdicts,
        [1_000, 2_000, 4_000, 60_000, 60_000].map((delayMs) => ({
          kind: 'retry',
          delayMs,
          burnsAttempt: false,
        })),
      );
    }
  });

  test('a worker that stops hands back at once', () => {
    assert.equal(judge('stopping', 3), { kind: 'retry', delayMs: 0, burnsAttempt: false });
  });

  test('jitter spreads a delay by a quarter to either side', () => {
    const spread = [0, 0.25, 1].map((random) => judge('engine_failed', 2, 2, random));
    assert.equal(
      spread.map((verdict) => (verdict.kind === 'retry' ? verdict.delayMs : 0)),
      [2_250, 2_625, 3_750],
    );
  });
});

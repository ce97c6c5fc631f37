import { Tensor, type InferenceSession } from 'onnxruntime-node';
import * as assert from 'uvu/assert';
import type { EncodedWindow } from '@whisper/speech/model/encoded-window';
import { createHubDecoder } from '@whisper/speech/model/hub-decoder';
import type { ModelSettings } from '@whisper/speech/model/model-files';
import type { Session } from '@whisper/speech/model/run-session';
import { suite } from '../helpers/suite.ts';

const SETTINGS: ModelSettings = {
  melCount: 80,
  windowFrames: 4,
  framesPerPosition: 2,
  vocabularySize: 3,
  contextTokens: 8,
  decoderHeads: 1,
  headSize: 2,
  decoderLayers: 1,
  alignmentHeads: [[0, 0]],
  conditionsOnPrevious: true,
  beamSize: null,
  padsWithSilence: false,
  multilingual: false,
  languageIds: {},
};
const PAST = ['decoder.key', 'decoder.value', 'encoder.key', 'encoder.value'];

interface FakeSession extends Session {
  readonly fed: InferenceSession.OnnxValueMapType[];
}

/** A graph that answers with as many rows of logits as it was given tokens, and marks its keys with its call's number. */
function fakeSession(
  inputs: readonly string[],
  outputs: readonly string[],
  type: 'float32' | 'float16',
): FakeSession {
  const fed: InferenceSession.OnnxValueMapType[] = [];
  const run = (feeds: InferenceSession.OnnxValueMapType): Promise<InferenceSession.OnnxValueMapType> => {
    fed.push(feeds);
    const count = feeds['input_ids']?.dims[1] ?? 0;
    const logits = new Tensor(
      'float32',
      Float32Array.from({ length: 3 * count }, (_, i) => i),
      [1, count, 3],
    );
    const present = new Tensor('float32', Float32Array.of(fed.length), [1, 1, 1, 1]);
    return Promise.resolve({ logits, ...Object.fromEntries(outputs.map((name) => [name, present])) });
  };
  return {
    fed,
    inputNames: inputs,
    inputMetadata: inputs.map((name) => ({ name, isTensor: true, type, shape: [] })),
    run,
    release: () => Promise.resolve(),
  };
}

const windowOf = (...values: number[]): EncodedWindow => ({
  tensors: { last_hidden_state: new Tensor('float32', Float32Array.from(values), [1, 1, 2]) },
  positions: 1,
});
const window = windowOf(0.5, 2);
const names = (prefix: string, parts: readonly string[]): string[] =>
  parts.map((part) => `${prefix}.0.${part}`);
const valueOf = (feeds: InferenceSession.OnnxValueMapType | undefined, name: string): unknown =>
  feeds?.[name]?.data[0];

suite('decoder', {}, (test) => {
  test('a merged graph starts with an empty past and keeps the first keys of the encoder', async () => {
    const inputs = [
      'input_ids',
      'encoder_hidden_states',
      'use_cache_branch',
      ...names('past_key_values', PAST),
    ];
    const session = fakeSession(inputs, names('present', PAST), 'float32');
    const run = createHubDecoder({ first: session, later: session }, SETTINGS).start([window]);
    await run.step([[7, 8]]);
    await run.step([[1]]);
    await run.step([[2]]);
    const [first, second, third] = session.fed;
    assert.equal(first?.['past_key_values.0.decoder.key']?.dims, [1, 1, 0, 2]);
    assert.equal(
      session.fed.map((feeds) => valueOf(feeds, 'use_cache_branch')),
      [0, 1, 1],
    );
    assert.is(valueOf(second, 'past_key_values.0.decoder.key'), 1);
    assert.is(valueOf(third, 'past_key_values.0.decoder.key'), 2);
    assert.is(valueOf(third, 'past_key_values.0.encoder.value'), 1);
    assert.equal(third?.['input_ids']?.data, BigInt64Array.of(2n));
  });

  test('a pair of graphs gets only the inputs that each declares', async () => {
    const first = fakeSession(['input_ids', 'encoder_hidden_states'], names('present', PAST), 'float32');
    const decoderParts = PAST.slice(0, 2);
    const later = fakeSession(
      ['input_ids', ...names('past_key_values', PAST)],
      names('present', decoderParts),
      'float32',
    );
    const run = createHubDecoder({ first, later }, SETTINGS).start([window]);
    await run.step([[7, 8]]);
    await run.step([[1]]);
    await run.step([[2]]);
    assert.equal(Object.keys(first.fed[0] ?? {}), ['input_ids', 'encoder_hidden_states']);
    assert.equal(
      Object.keys(later.fed[1] ?? {}).sort(),
      ['input_ids', ...names('past_key_values', PAST)].sort(),
    );
    assert.is(valueOf(later.fed[1], 'past_key_values.0.encoder.key'), 1);
  });

  test('an input of half floats gets them', async () => {
    const session = fakeSession(['input_ids', 'encoder_hidden_states'], [], 'float16');
    await createHubDecoder({ first: session, later: session }, SETTINGS)
      .start([window])
      .step([[1]]);
    const states = session.fed[0]?.['encoder_hidden_states'];
    assert.is(states?.type, 'float16');
  });

  test('rows of logits count from the first token or back from the last', async () => {
    const session = fakeSession(['input_ids'], [], 'float32');
    const logits = await createHubDecoder({ first: session, later: session }, SETTINGS)
      .start([window])
      .step([[1, 2, 0]]);
    assert.equal(logits.at(0, 0), Float32Array.of(0, 1, 2));
    assert.equal(logits.at(0, -1), Float32Array.of(6, 7, 8));
  });
});

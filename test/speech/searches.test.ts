import * as assert from 'uvu/assert';
import { DEFAULT_OPTIONS } from '@whisper/shared/contracts/transcription-options';
import { BeamSearch } from '@whisper/speech/decoding/beam-search';
import { likeliestTokens } from '@whisper/speech/decoding/likeliest-tokens';
import { bestCandidate } from '@whisper/speech/decoding/rank-candidates';
import { forbidRepeatedNgrams, penaliseRepetition } from '@whisper/speech/decoding/repetition';
import { roundHalfEven } from '@whisper/speech/decoding/round-half-even';
import { SamplingSearch } from '@whisper/speech/decoding/sampling-search';
import { startSearch } from '@whisper/speech/decoding/start-search';
import { scriptedModel } from '../helpers/scripted-model.ts';
import { suite } from '../helpers/suite.ts';

const END = 3;
/** Logits whose softmax are these probabilities. */
const probabilities = (...values: number[]): Float32Array => Float32Array.from(values, Math.log);
const near = (actual: number, expected: number): void => {
  assert.ok(Math.abs(actual - expected) < 1e-5, `${actual} is not ${expected}`);
};

suite('searches', {}, (test) => {
  test('beams keep the likeliest texts, and what ends less likely than they is forgotten', () => {
    const search = new BeamSearch({ beamSize: 2, patience: 1, endOfText: END });
    assert.equal(
      search.advance([probabilities(0.5, 0.3, 0.15, 0.05)]).map(({ source, token }) => [source, token]),
      [
        [0, 0],
        [0, 1],
      ],
    );
    const next = search.advance([probabilities(0.1, 0.1, 0.1, 0.7), probabilities(0.9, 0.02, 0.02, 0.06)]);
    assert.equal(
      next.map(({ source, token }) => [source, token]),
      [
        [1, 0],
        [0, 0],
      ],
    );
    assert.equal(search.rows, [
      [1, 0],
      [0, 0],
    ]);
    const [ended, unended] = search.candidates();
    assert.equal([ended?.tokens, ended?.hasEnded, unended?.tokens], [[0], true, [1, 0]]);
    near(ended?.sumLogprob ?? 0, Math.log(0.35));
  });

  test('beams stop when as many texts have ended as patience asks for', () => {
    const ending = probabilities(0.2, 0.15, 0.05, 0.6);
    for (const [patience, steps] of [
      [0.5, 1],
      [1, 2],
    ] as const) {
      const search = new BeamSearch({ beamSize: 2, patience, endOfText: END });
      let taken = 1;
      for (
        let rows = search.advance([ending]);
        rows.length > 0;
        rows = search.advance(rows.map(() => ending))
      ) {
        taken += 1;
      }
      assert.is(taken, steps);
    }
  });

  test('texts are drawn apart from each other, and rows of those that have ended go', () => {
    const search = new SamplingSearch({
      temperature: 1,
      endOfText: END,
      randoms: [() => 0.1, () => 0.95, () => 0.6],
    });
    assert.equal(search.rows, [[]]);
    const next = search.advance([probabilities(0.5, 0.3, 0.1, 0.1)]);
    assert.equal(next, [
      { source: 0, token: 0 },
      { source: 0, token: 1 },
    ]);
    assert.equal(search.advance([probabilities(1, 0, 0, 0), probabilities(0, 0, 1, 0)]), [
      { source: 0, token: 0 },
      { source: 1, token: 2 },
    ]);
    assert.equal(
      search.candidates().map(({ tokens, hasEnded }) => [tokens, hasEnded]),
      [
        [[0, 0], false],
        [[], true],
        [[1, 2], false],
      ],
    );
  });

  test('the best text is the likeliest per token, or over the length penalty', () => {
    const short = { tokens: [1], sumLogprob: -1, hasEnded: true };
    const long = { tokens: [1, 2, 3, 4], sumLogprob: -3, hasEnded: true };
    assert.is(bestCandidate([short, long], null), long);
    assert.is(bestCandidate([short, long], 0), short);
    assert.is(bestCandidate([{ tokens: [], sumLogprob: -5, hasEnded: true }, long], null), long);
  });

  test('the likeliest tokens come in order, of equals the lower id', () => {
    const top = likeliestTokens(probabilities(0.1, 0.4, 0.1, 0.4), 3);
    assert.equal(
      top.map(({ id }) => id),
      [1, 3, 0],
    );
    near(top[0]?.logprob ?? 0, Math.log(0.4));
  });

  test('how many beams is for the request to say, else for the model, and else none', () => {
    const begun = (beamSize: number | null, asked: number | null, temperature: number): string => {
      const model = scriptedModel([], { beamSize });
      return startSearch(model, { options: { ...DEFAULT_OPTIONS, beamSize: asked }, temperature }, 0)
        .constructor.name;
    };
    assert.is(begun(null, null, 0), SamplingSearch.name);
    assert.is(begun(5, null, 0), BeamSearch.name);
    assert.is(begun(null, 5, 0), BeamSearch.name);
    assert.is(begun(5, null, 0.2), SamplingSearch.name);
  });

  test('halves round to even, as in Python', () => {
    assert.equal([0.5, 1.5, 2.5, 2.4, 2.6].map(roundHalfEven), [0, 2, 2, 2, 3]);
  });
});

suite('against repetition', {}, (test) => {
  test('what was said is less likely, once however often it was said', () => {
    const logits = Float32Array.of(4, -4, 2, 1);
    penaliseRepetition(logits, [0, 1, 0, 1], 2);
    assert.equal(logits, Float32Array.of(2, -8, 2, 1));
  });

  test('no sequence comes twice', () => {
    const allowed = (said: readonly number[], size: number): number[] => {
      const logits = new Float32Array(4);
      forbidRepeatedNgrams(logits, said, size);
      return [...logits.keys()].filter((id) => logits[id] === 0);
    };
    assert.equal(allowed([0, 1, 2, 0, 1], 3), [0, 1, 3]);
    assert.equal(allowed([0, 1, 0, 2, 0], 2), [0, 3]);
    assert.equal(allowed([0, 2], 1), [1, 3]);
    assert.equal(allowed([0, 1], 3), [0, 1, 2, 3]);
    assert.equal(allowed([], 1), [0, 1, 2, 3]);
  });
});

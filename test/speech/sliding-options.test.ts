import { setImmediate as yieldToEvents } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { PipelineError } from '@whisper/shared/contracts/errors';
import type { TranscriptionOptions } from '@whisper/shared/contracts/transcription-options';
import { at, runScripted as run, scriptedModel, seeks, special } from '../helpers/scripted-model.ts';
import { suite } from '../helpers/suite.ts';

const said = scriptedModel([{ tokens: [at(0), 1, at(45)] }]);

suite('sliding as the options say', {}, (test) => {
  test('only the allowed languages are detected', async () => {
    const free = await run(said, 1);
    assert.is(free.language, 'de');
    assert.ok((free.languageProbability ?? 0) > 0.99);
    const bound = await run(said, 1, { allowedLanguages: ['en'] });
    assert.is(bound.language, 'en');
    assert.ok((bound.languageProbability ?? 1) < 0.01);
    assert.is((await run(said, 1, { language: 'en' })).languageProbability, undefined);
  });

  test('hotwords come first, then what was said, in half of the context', async () => {
    const model = scriptedModel([{ tokens: [at(0), 1, at(45)] }]);
    await run(model, 2, { hotwords: '50 51', initialPrompt: '60' });
    assert.equal(
      model.prompts.map((prompt) => prompt.slice(0, -3)),
      [
        [special.startOfPrevious, 50, 51, 60],
        [special.startOfPrevious, 50, 51, 60, at(0), 1, at(45)],
      ],
    );
  });

  test('without timestamps a window ends in the text, and is not cut into segments', async () => {
    const model = scriptedModel([{ tokens: [1, 2] }, { tokens: [3] }]);
    const { text, segments } = await run(model, 1, { withoutTimestamps: true });
    assert.is(text, '1 2');
    assert.is(segments[0]?.endSeconds, 1);
    assert.is(model.prompts[0]?.at(-1), special.noTimestamps);
  });

  test('without timestamps, where the text was cut short, the rest of the window is heard', async () => {
    const endless = { tokens: Array.from({ length: 40 }, (_, i) => i % 7) };
    const timed = { tokens: [at(0), 1, 2, at(20), at(20), 3] };
    const model = scriptedModel([endless, timed, { tokens: [4] }]);
    const transcript = await run(model, 1, { withoutTimestamps: true, temperatures: [0] });
    assert.is(transcript.text, '1 2 4');
    assert.equal(seeks(transcript), [0, 40]);
  });

  test('without timestamps, where they may not be said at all, a text that was cut short stays', async () => {
    const endless = { tokens: Array.from({ length: 40 }, () => 1) };
    const model = scriptedModel([endless]);
    const suppressTokens = [special.timestampBegin];
    const transcript = await run(model, 1, { withoutTimestamps: true, temperatures: [0], suppressTokens });
    assert.is(model.prompts.length, 1);
    assert.ok(Number.isFinite(transcript.segments[0]?.avgLogprob));
  });

  test('without timestamps a window that is not the last ends in a pause', async () => {
    const model = scriptedModel([{ tokens: [1] }]);
    const transcript = await run(model, 2, { withoutTimestamps: true });
    const [, second] = seeks(transcript);
    assert.ok(second !== undefined && second >= 83 && second < 100, `it ended at ${second}`);
  });

  test('clips are heard, and nothing else; what lies beyond the recording is not there', async () => {
    const model = scriptedModel([{ tokens: [at(0), 1, at(10)] }]);
    assert.equal(seeks(await run(model, 3, { clipTimestampsSeconds: [0.5, 0.8, 2.5] })), [50, 250]);
    assert.equal(seeks(await run(model, 1, { clipTimestampsSeconds: [5, 6] })), []);
  });

  test('an abort takes effect within one step of the decoder', async () => {
    const model = scriptedModel([{ tokens: [at(0), ...Array.from({ length: 15 }, () => 1)] }]);
    const abort = new AbortController();
    let steps = 0;
    let stepsAtAbort = 0;
    const start: typeof model.decoder.start = (windows) => {
      const run = model.decoder.start(windows);
      return {
        ...run,
        step: async (ids) => {
          steps += 1;
          if (steps === 4)
            setImmediate(() => {
              stepsAtAbort = steps;
              abort.abort(new Error('enough'));
            });
          return run.step(ids);
        },
      };
    };
    const watched = { ...model, decoder: { ...model.decoder, start } };
    const failure: unknown = await run(watched, 1, {}, { signal: abort.signal }).catch(
      (error: unknown) => error,
    );
    assert.is(failure, abort.signal.reason);
    await yieldToEvents();
    assert.ok(steps <= stepsAtAbort + 1, `${steps - stepsAtAbort} steps more`);
  });
});

suite('options that a model cannot follow', {}, (test) => {
  const long = Array.from({ length: 17 }, (_, i) => i).join(' ');
  const refused: readonly (readonly [Partial<TranscriptionOptions>, string])[] = [
    [{ language: 'fr' }, 'language'],
    [{ allowedLanguages: ['en', 'fr'] }, 'allowed_languages'],
    [{ suppressTokens: [-1, 171] }, 'suppress_tokens'],
    [{ maxNewTokens: 21 }, 'max_new_tokens'],
    [{ prefix: long }, 'prefix'],
  ];
  for (const [options, field] of refused) {
    test(`${field} is named`, async () => {
      const failure: unknown = await run(said, 1, options).catch((error: unknown) => error);
      assert.ok(failure instanceof PipelineError);
      assert.is(failure.code, 'invalid_option');
      assert.is(failure.field, field);
    });
  }
});

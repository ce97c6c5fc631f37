import * as assert from 'uvu/assert';
import { PipelineError } from '@whisper/shared/contracts/errors';
import type { TranscriptionOptions } from '@whisper/shared/contracts/transcription-options';
import { at, BLANK, runScripted as run, scriptedModel, seeks, special } from '../helpers/scripted-model.ts';
import { suite } from '../helpers/suite.ts';

suite('sliding over a recording', {}, (test) => {
  test('goes on from the last pair of timestamps, conditioned on what was said', async () => {
    const model = scriptedModel([
      { tokens: [at(0), 1, 2, at(30), at(30), 3] },
      { tokens: [at(0), 4, at(45)] },
    ]);
    const transcript = await run(model, 1.5);
    assert.is(transcript.text, '1 2 4');
    assert.is(transcript.language, 'de');
    assert.equal(seeks(transcript), [0, 60]);
    assert.equal(
      transcript.segments.map(({ startSeconds, endSeconds }) => [startSeconds, endSeconds]),
      [
        [0, 0.6],
        [0.6, 1.5],
      ],
    );
    const sequence = [special.startOfTranscript, 108, special.transcribe];
    assert.equal(model.prompts, [sequence, [special.startOfPrevious, at(0), 1, 2, at(30), ...sequence]]);
  });

  test('tells the task and the language that were asked for', async () => {
    const model = scriptedModel([{ tokens: [at(0), 1, at(45)] }]);
    await run(model, 1, { language: 'en', task: 'translate' });
    assert.equal(model.prompts, [[special.startOfTranscript, 107, special.translate]]);
  });

  test('a model of English alone is told neither, and refuses anything else', async () => {
    const model = scriptedModel([{ tokens: [at(0), 1, at(45)] }], { multilingual: false });
    assert.is((await run(model, 1, { language: 'en' })).language, 'en');
    assert.equal(model.prompts, [[special.startOfTranscript]]);
    const fieldOf = (options: Partial<TranscriptionOptions>): Promise<unknown> =>
      run(model, 1, options).catch((error: unknown) => error instanceof PipelineError && error.field);
    assert.is(await fieldOf({ language: 'de' }), 'language');
    assert.is(await fieldOf({ task: 'translate' }), 'task');
  });

  test('keeps the prompt and the text within the context', async () => {
    const long = Array.from({ length: 60 }, (_, i) => i);
    const model = scriptedModel([{ tokens: [at(0), ...long] }]);
    const { segments } = await run(model, 3);
    assert.equal(
      segments.map(({ tokens }) => tokens.length),
      [20, 18, 18],
    );
    assert.is(model.prompts.at(-1)?.length, 1 + 19 + 3);
  });

  test('a model may ask not to be conditioned', async () => {
    const model = scriptedModel([{ tokens: [at(0), 1, at(45)] }], { conditionsOnPrevious: false });
    await run(model, 2);
    assert.equal(
      model.prompts.map((prompt) => prompt.length),
      [3, 3],
    );
  });

  test('skips a window in which the model hears nothing and is unsure of its text', async () => {
    const model = scriptedModel([
      { tokens: [at(0), 1], noSpeech: true, certainty: 0.5 },
      { tokens: [at(0), 2, at(45)] },
    ]);
    const transcript = await run(model, 2);
    assert.is(transcript.text, '2');
    assert.equal(seeks(transcript), [100]);
  });

  test('tries again at a higher temperature where the text repeats itself', async () => {
    const loop = Array.from({ length: 100 }, () => 7);
    const model = scriptedModel([{ tokens: [at(0), ...loop] }, { tokens: [at(0), 1, at(45)] }], {
      contextTokens: 200,
    });
    const { text, segments } = await run(model, 1);
    assert.is(text, '1');
    assert.is(segments[0]?.temperature, 0.2);
  });

  test('does not condition on text that took a high temperature', async () => {
    const unsure = { tokens: [at(0), 1], certainty: 0.5 };
    const model = scriptedModel([
      unsure,
      unsure,
      unsure,
      unsure,
      unsure,
      unsure,
      { tokens: [at(0), 2, at(45)] },
    ]);
    const { segments } = await run(model, 2);
    assert.is(segments[0]?.temperature, 1);
    assert.is(model.prompts[6]?.length, 3);
  });

  test('clears a segment without text but moves on', async () => {
    const { text, segments } = await run(scriptedModel([{ tokens: [at(0), BLANK, at(30), at(30)] }]), 1);
    assert.is(text, '');
    assert.equal(
      segments.map(({ seek, tokens }) => [seek, tokens]),
      [
        [0, []],
        [60, []],
      ],
    );
  });
});

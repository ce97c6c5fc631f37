import * as assert from 'uvu/assert';
import { PipelineError } from '@whisper/shared/contracts/errors';
import type { Transcript } from '@whisper/shared/contracts/transcript';
import { DEFAULT_OPTIONS, type TranscriptionOptions } from '@whisper/shared/contracts/transcription-options';
import type { Logits } from '@whisper/speech/model/decoder';
import type { SpecialTokens } from '@whisper/speech/model/tokenizer';
import type { WhisperModel } from '@whisper/speech/model/whisper-model';
import { transcribe } from '@whisper/speech/transcript/transcribe';
import { suite } from '../helpers/suite.ts';

const NO_SPEECH = 106;
/** Text 0..99, end of text 100, timestamps from 120 on in steps of 20 ms over windows of one second. */
const special: SpecialTokens = {
  endOfText: 100,
  startOfTranscript: 101,
  translate: 102,
  transcribe: 103,
  startOfLanguageModel: 104,
  startOfPrevious: 105,
  noSpeech: NO_SPEECH,
  noTimestamps: 119,
  timestampBegin: 120,
  languages: new Map([
    ['en', 107],
    ['de', 108],
  ]),
};
const at = (steps: number): number => special.timestampBegin + steps;
/** A text token that stands for a mere space. */
const BLANK = 99;
const VOCABULARY = 171;
const SURE = 50;

/** What the decoder says in one decoding; 100 is added at its end. `noSpeech`: the model hears silence. */
interface Script {
  readonly tokens: readonly number[];
  readonly noSpeech?: boolean;
  /** How far the likeliest token is above the others: 50 is certain, 0 a blind guess. */
  readonly certainty?: number;
}

interface ScriptedModel extends WhisperModel {
  /** The first input of each decoding. */
  readonly prompts: (readonly number[])[];
}

/** A model that plays one script per decoding, then repeats the last. It hears German. */
function scriptedModel(
  scripts: readonly Script[],
  settings: Partial<WhisperModel['settings']> = {},
): ScriptedModel {
  const prompts: (readonly number[])[] = [];
  let played = 0;
  const start: WhisperModel['decoder']['start'] = () => {
    let position = 0;
    let script: Script | undefined;
    return {
      reorder: () => undefined,
      step: ([ids = []]) => {
        if (ids[0] === special.startOfTranscript && ids.length === 1 && settings.multilingual !== false)
          return Promise.resolve(rows(1, 108, SURE));
        if (script === undefined) {
          prompts.push(ids);
          script = scripts[Math.min(played, scripts.length - 1)] ?? { tokens: [] };
          played += 1;
        }
        const token: number = script.tokens[position] ?? special.endOfText;
        position += 1;
        const noSpeech = script.noSpeech === true ? SURE : 0;
        return Promise.resolve(rows(ids.length, token, script.certainty ?? SURE, noSpeech));
      },
    };
  };
  const dispose = (): Promise<void> => Promise.resolve();
  return {
    prompts,
    settings: {
      melCount: 80,
      windowFrames: 100,
      framesPerPosition: 2,
      vocabularySize: VOCABULARY,
      contextTokens: 40,
      decoderHeads: 1,
      headSize: 1,
      decoderLayers: 1,
      alignmentHeads: [[0, 0]],
      conditionsOnPrevious: true,
      padsWithSilence: false,
      multilingual: true,
      languageIds: {},
      ...settings,
    },
    tokenizer: {
      special,
      encode: () => [],
      decode: (ids) =>
        ids
          .filter((id) => id < special.endOfText)
          .map((id) => (id === BLANK ? ' ' : ` ${id}`))
          .join(''),
    },
    encoder: {
      takesShortWindows: false,
      encode: () => Promise.resolve({ tensors: {}, positions: 50 }),
      [Symbol.asyncDispose]: dispose,
    },
    decoder: { start, [Symbol.asyncDispose]: dispose },
    suppressed: [NO_SPEECH],
    blank: [],
  };
}

function rows(count: number, token: number, certainty: number, noSpeech = 0): Logits {
  const last = new Float32Array(VOCABULARY);
  last[token] = certainty;
  const first = new Float32Array(VOCABULARY);
  first[NO_SPEECH] = noSpeech;
  return { at: (_row, index) => (index === -1 || count === 1 ? last : first) };
}

function run(
  model: WhisperModel,
  seconds: number,
  options: Partial<TranscriptionOptions> = {},
): Promise<Transcript> {
  const pcm = async function* (): AsyncGenerator<Float32Array> {
    yield await Promise.resolve(new Float32Array(16_000 * seconds).fill(0.1));
  };
  const hooks = { onProgress: () => undefined, onSegment: () => undefined };
  return transcribe(model, pcm(), { ...DEFAULT_OPTIONS, ...options }, hooks);
}

const seeks = ({ segments }: Transcript): number[] => segments.map(({ seek }) => seek);

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

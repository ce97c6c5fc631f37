import type { Transcript } from '@whisper/shared/contracts/transcript';
import { DEFAULT_OPTIONS, type TranscriptionOptions } from '@whisper/shared/contracts/transcription-options';
import type { Logits } from '@whisper/speech/model/decoder';
import type { SpecialTokens } from '@whisper/speech/model/tokenizer';
import type { TranscriptionHooks } from '@whisper/speech/model/speech-model';
import type { WhisperModel } from '@whisper/speech/model/whisper-model';
import { transcribe } from '@whisper/speech/transcript/transcribe';

const NO_SPEECH = 106;
/** Text 0..99, end of text 100, timestamps from 120 on in steps of 20 ms over windows of one second. */
export const special: SpecialTokens = {
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
export const at = (steps: number): number => special.timestampBegin + steps;
/** A text token that stands for a mere space. */
export const BLANK = 99;
const VOCABULARY = 171;
const SURE = 50;

/** What the decoder says in one decoding; 100 is added at its end. `noSpeech`: the model hears silence. */
export interface Script {
  readonly tokens: readonly number[];
  readonly noSpeech?: boolean;
  /** How far the likeliest token is above the others: 50 is certain, 0 a blind guess. */
  readonly certainty?: number;
}

export interface ScriptedModel extends WhisperModel {
  /** The first input of each decoding. */
  readonly prompts: (readonly number[])[];
}

/** A model that plays one script per decoding, then repeats the last. It hears German. */
export function scriptedModel(
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
      beamSize: null,
      padsWithSilence: false,
      multilingual: true,
      languageIds: {},
      ...settings,
    },
    tokenizer: {
      special,
      /** Numbers stand for themselves. */
      encode: (text) => text.trim().split(' ').filter(Boolean).map(Number),
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

/** Transcribes noise of one level. */
export function runScripted(
  model: WhisperModel,
  seconds: number,
  options: Partial<TranscriptionOptions> = {},
  given: Partial<TranscriptionHooks> = {},
): Promise<Transcript> {
  const pcm = async function* (): AsyncGenerator<Float32Array> {
    yield await Promise.resolve(new Float32Array(16_000 * seconds).fill(0.1));
  };
  const hooks = { onProgress: () => undefined, onSegment: () => undefined, ...given };
  return transcribe(model, pcm(), { ...DEFAULT_OPTIONS, ...options }, hooks);
}

export const seeks = ({ segments }: Transcript): number[] => segments.map(({ seek }) => seek);

import type { DecoderRun, Logits } from '@whisper/speech/model/decoder';
import type { EncodedWindow } from '@whisper/speech/model/encoded-window';
import type { SpecialTokens } from '@whisper/speech/model/tokenizer';
import type { WhisperModel } from '@whisper/speech/model/whisper-model';

/** Text 0..99, end of text 100, timestamps from 120 on in steps of 20 ms over windows of one second. */
const special: SpecialTokens = {
  endOfText: 100,
  startOfTranscript: 101,
  translate: 102,
  transcribe: 103,
  startOfLanguageModel: 104,
  startOfPrevious: 105,
  noSpeech: 106,
  noTimestamps: 119,
  timestampBegin: 120,
  languages: new Map([['en', 107]]),
};
const VOCABULARY = 171;

/** The timestamp token of so many steps of 20 ms. */
export const stamp = (steps: number): number => special.timestampBegin + steps;

export interface SpokenWindows extends WhisperModel {
  /** Rows of each decoding, in the order in which they were started. */
  readonly decodings: number[];
  /** Calls of the decoder after the prompts. */
  readonly steps: () => number;
  /** Called before each of them. */
  onStep: () => void;
}

/** A model that says `texts[i]`, then the end of text, in the i-th window that it encodes; nothing in later ones. */
export function spokenWindows(texts: readonly (readonly number[])[]): SpokenWindows {
  const said = new Map<EncodedWindow, readonly number[]>();
  const decodings: number[] = [];
  let steps = 0;
  const dispose = (): Promise<void> => Promise.resolve();
  const model: SpokenWindows = {
    decodings,
    steps: () => steps,
    onStep: () => undefined,
    settings: {
      melCount: 80,
      windowFrames: 100,
      framesPerPosition: 2,
      vocabularySize: VOCABULARY,
      contextTokens: 40,
      decoderLayers: 1,
      decoderHeads: 1,
      headSize: 1,
      alignmentHeads: [],
      conditionsOnPrevious: true,
      beamSize: null,
      padsWithSilence: false,
      multilingual: false,
      languageIds: {},
    },
    tokenizer: {
      special,
      encode: () => [],
      decode: (ids) =>
        ids
          .filter((id) => id < special.endOfText)
          .map((id) => ` ${id}`)
          .join(''),
    },
    encoder: {
      takesShortWindows: false,
      encode: () => {
        const window = { tensors: {}, positions: 50 };
        said.set(window, texts[said.size] ?? []);
        return Promise.resolve(window);
      },
      [Symbol.asyncDispose]: dispose,
    },
    decoder: {
      start: (windows) => {
        decodings.push(windows.length);
        return startRun(
          windows.map((window) => said.get(window) ?? []),
          () => {
            steps += 1;
            model.onStep();
          },
        );
      },
      [Symbol.asyncDispose]: dispose,
    },
    suppressed: [],
    blank: [],
  };
  return model;
}

function startRun(texts: readonly (readonly number[])[], onStep: () => void): DecoderRun {
  let rows = texts;
  let position = -1;
  return {
    reorder: (sources) => {
      rows = sources.map((source) => rows[source] ?? []);
    },
    step: () => {
      position += 1;
      if (position > 0) onStep();
      return Promise.resolve(sureOf(rows.map((text) => text[position] ?? special.endOfText)));
    },
  };
}

function sureOf(tokens: readonly number[]): Logits {
  return {
    at: (row) => {
      const logits = new Float32Array(VOCABULARY);
      logits[tokens[row] ?? 0] = 50;
      return logits;
    },
  };
}

import type { TranscriptionOptions } from '@whisper/shared/contracts/transcription-options';
import type { Aligner } from '../model/aligner.ts';
import type { WhisperModel } from '../model/whisper-model.ts';
import { startSequence } from '../decoding/initial-tokens.ts';
import { FRAMES_PER_SECOND, type DecodedWindow, type SegmentDraft } from '../transcript/window-outcome.ts';
import { findAlignment, type WordTiming } from './find-alignment.ts';
import type { AddWords } from './refine-window.ts';
import { splitWords } from './split-words.ts';
import { timeWords } from './time-words.ts';

type Options = Pick<TranscriptionOptions, 'task' | 'prependPunctuations' | 'appendPunctuations'>;

/** Times words by where the model's alignment heads listened. */
export function alignWords(model: WhisperModel, aligner: Aligner, options: Options): AddWords {
  const { endOfText } = model.tokenizer.special;
  return async (window, segments, lastSpeechSeconds) => {
    const timings = await alignWindow(model, aligner, { window, segments, task: options.task });
    return timeWords(segments, timings, {
      prepended: options.prependPunctuations,
      appended: options.appendPunctuations,
      endOfText,
      offsetSeconds: window.seek / FRAMES_PER_SECOND,
      lastSpeechSeconds,
    });
  };
}

interface Alignment {
  readonly window: DecodedWindow;
  readonly segments: readonly SegmentDraft[];
  readonly task: TranscriptionOptions['task'];
}

async function alignWindow(
  model: WhisperModel,
  aligner: Aligner,
  { window, segments, task }: Alignment,
): Promise<readonly WordTiming[]> {
  const { endOfText, noTimestamps } = model.tokenizer.special;
  const text = segments.flatMap(({ tokens }) => tokens.filter((id) => id < endOfText));
  if (text.length === 0) return [];
  const sequence = startSequence(model, window.language, task);
  const tokens = [...sequence, noTimestamps, ...text, endOfText];
  const { framesPerPosition } = model.settings;
  return findAlignment({
    attention: await aligner.crossAttention(window.window, tokens, endOfText),
    sequenceLength: sequence.length,
    words: splitWords(model.tokenizer, [...text, endOfText], window.language),
    positions: Math.max(1, Math.floor(window.contentFrames / framesPerPosition)),
    positionsPerSecond: FRAMES_PER_SECOND / framesPerPosition,
  });
}

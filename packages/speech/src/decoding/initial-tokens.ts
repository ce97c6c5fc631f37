import type { TranscriptionOptions } from '@whisper/shared/contracts/transcription-options';
import type { WhisperModel } from '../model/whisper-model.ts';

export interface Told {
  readonly language: string;
  /** Text tokens of what was said before; only the last ones that fit are told. */
  readonly previous: readonly number[];
}

/**
 * What the decoder is told before it says anything: hotwords and what was said before, in half of the context; then
 * start of transcript, language, task, no-timestamps; then the prefix. After `DecodingTask._get_initial_tokens` in
 * openai/whisper's decoding.py; hotwords are placed as faster-whisper does, within the same half.
 */
export function initialTokens(
  model: WhisperModel,
  { language, previous }: Told,
  options: TranscriptionOptions,
): readonly number[] {
  const { special } = model.tokenizer;
  const room = halfContext(model) - 1;
  const hotwords = textTokens(model, options.hotwords).slice(0, room);
  const said = lastOf(previous, room - hotwords.length);
  const before = [...hotwords, ...said];
  return [
    ...(before.length > 0 ? [special.startOfPrevious, ...before] : []),
    ...startSequence(model, language, options.task),
    ...(options.withoutTimestamps ? [special.noTimestamps] : []),
    ...prefixTokens(model, options),
  ];
}

/** The tokens of one window: as many as asked for or half of the context, and no more than it still holds. */
export function tokenLimit(
  model: WhisperModel,
  initialLength: number,
  { maxNewTokens }: TranscriptionOptions,
): number {
  const left = model.settings.contextTokens - initialLength + 1;
  return Math.min(maxNewTokens ?? halfContext(model), left);
}

/** Of a text as the reference encodes prompts: after one space. */
export function textTokens({ tokenizer }: WhisperModel, text: string | null): readonly number[] {
  return text === null || text === '' ? [] : tokenizer.encode(` ${text.trim()}`);
}

export function halfContext({ settings }: WhisperModel): number {
  return Math.floor(settings.contextTokens / 2);
}

/** Where fewer new tokens are asked for than half the context, the end of the prefix that fits beside them. */
function prefixTokens(model: WhisperModel, options: TranscriptionOptions): readonly number[] {
  const tokens = textTokens(model, options.prefix);
  const room = halfContext(model) - (options.maxNewTokens ?? halfContext(model));
  return room === 0 ? tokens : lastOf(tokens, room);
}

/** The tokens that tell the decoder what to do; a model of English alone takes neither language nor task. */
export function startSequence(
  { settings, tokenizer: { special } }: WhisperModel,
  language: string,
  task: TranscriptionOptions['task'],
): readonly number[] {
  const languageId = special.languages.get(language);
  if (!settings.multilingual || languageId === undefined) return [special.startOfTranscript];
  return [special.startOfTranscript, languageId, special[task]];
}

function lastOf(tokens: readonly number[], count: number): readonly number[] {
  return count <= 0 ? [] : tokens.slice(-count);
}

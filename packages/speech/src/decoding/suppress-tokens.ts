import type { SpeechTokenizer } from '../model/tokenizer.ts';
import type { WhisperModel } from '../model/whisper-model.ts';

/** Stands for the annotations in a list of tokens to suppress. */
const NON_SPEECH = -1;

/** Punctuation that stands for no speech, alone or repeated; from openai/whisper's tokenizer.py. */
const SYMBOLS = [
  ...Array.from('"#()*+/:;<=>@[\\]^_`{|}~「」『』'),
  ...['<<', '>>', '<<<', '>>>', '--', '---', '-(', '-[', "('", '("', '((', '))', '(((', ')))'],
  ...['[[', ']]', '{{', '}}', '♪♪', '♪♪♪'],
];
/** Music signs: any token that starts one is suppressed, as some span several tokens. */
const MUSIC = Array.from('♩♪♫♬♭♮♯');

/**
 * Tokens never to be sampled: annotations such as "[music]" and speaker dashes, and the special tokens that only a
 * prompt may hold. Hyphens and apostrophes are kept inside a word, suppressed at the start of one.
 */
export function suppressedTokens(tokenizer: SpeechTokenizer): readonly number[] {
  return sorted([...promptOnlyTokens(tokenizer), ...nonSpeechTokens(tokenizer)]);
}

/**
 * The tokens that a list of ids asks to suppress, in which -1 stands for the annotations. The special tokens of a prompt
 * come with any list; an empty one suppresses nothing at all, as in the reference.
 */
export function suppressedBy(
  { tokenizer, suppressed }: Pick<WhisperModel, 'tokenizer' | 'suppressed'>,
  ids: readonly number[],
): readonly number[] {
  if (ids.length === 0) return [];
  const known = ids.includes(NON_SPEECH) ? suppressed : promptOnlyTokens(tokenizer);
  return sorted([...known, ...ids.filter((id) => id !== NON_SPEECH)]);
}

/** Tokens that may not come first, so that a decoding does not start blank or end at once. */
export function blankTokens(tokenizer: SpeechTokenizer): readonly number[] {
  return [...tokenizer.encode(' '), tokenizer.special.endOfText];
}

function promptOnlyTokens({ special }: SpeechTokenizer): readonly number[] {
  return [
    special.transcribe,
    special.translate,
    special.startOfTranscript,
    special.startOfPrevious,
    special.startOfLanguageModel,
    special.noSpeech,
  ].filter((id) => id !== undefined);
}

function sorted(ids: readonly number[]): readonly number[] {
  return [...new Set(ids)].sort((a, b) => a - b);
}

function nonSpeechTokens(tokenizer: SpeechTokenizer): readonly number[] {
  const blank = tokenizer.encode(' ')[0];
  const first = (text: string): number | undefined => tokenizer.encode(text)[0];
  const whole = (text: string): number | undefined =>
    tokenizer.encode(text).length === 1 ? first(text) : undefined;
  const ids = [
    ...[' -', " '"].map(first),
    ...SYMBOLS.flatMap((symbol) => [whole(symbol), whole(` ${symbol}`)]),
    ...MUSIC.flatMap((sign) => [first(sign), first(` ${sign}`)]),
  ];
  // In a small vocabulary " ♪" starts with the bare space, which must stay.
  return ids.filter((id) => id !== undefined).filter((id) => id !== blank);
}

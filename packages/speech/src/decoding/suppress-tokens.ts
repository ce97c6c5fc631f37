import type { SpeechTokenizer } from '../model/tokenizer.ts';

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
  const { special } = tokenizer;
  const ids = new Set<number | undefined>([
    special.transcribe,
    special.translate,
    special.startOfTranscript,
    special.startOfPrevious,
    special.startOfLanguageModel,
    special.noSpeech,
    ...nonSpeechTokens(tokenizer),
  ]);
  return [...ids].filter((id) => id !== undefined).sort((a, b) => a - b);
}

/** Tokens that may not come first, so that a decoding does not start blank or end at once. */
export function blankTokens(tokenizer: SpeechTokenizer): readonly number[] {
  return [...tokenizer.encode(' '), tokenizer.special.endOfText];
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

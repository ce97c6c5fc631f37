import { strip } from '../formats/python-text.ts';
import type { SpeechTokenizer } from '../model/tokenizer.ts';

/** A word as decoded, with its leading space, and its tokens. */
export interface TokenWord {
  readonly word: string;
  readonly tokens: readonly number[];
}

const UNSPACED_LANGUAGES: readonly string[] = ['zh', 'ja', 'th', 'lo', 'my', 'yue'];
const PUNCTUATION = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~';
const REPLACEMENT = '\ufffd';
const END_OF_TEXT = '<|endoftext|>';

/**
 * Text tokens and the end of text as words: at spaces, or at whole characters for languages without spaces. After
 * `split_to_word_tokens` in openai/whisper's tokenizer.py.
 */
export function splitWords(
  tokenizer: SpeechTokenizer,
  tokens: readonly number[],
  language: string,
): readonly TokenWord[] {
  const characters = splitCharacters(tokenizer, tokens);
  if (UNSPACED_LANGUAGES.includes(language)) return characters;
  return joinBySpaces(characters, tokenizer.special.endOfText);
}

/** The shortest runs of tokens that decode to whole characters. */
function splitCharacters(tokenizer: SpeechTokenizer, tokens: readonly number[]): readonly TokenWord[] {
  const full = decodeAll(tokenizer, tokens);
  const words: TokenWord[] = [];
  let pending: number[] = [];
  let offset = 0;
  for (const token of tokens) {
    pending.push(token);
    const word = decodeAll(tokenizer, pending);
    const broken = word.indexOf(REPLACEMENT);
    if (broken !== -1 && full[offset + broken] !== REPLACEMENT) continue;
    words.push({ word, tokens: pending });
    offset += word.length;
    pending = [];
  }
  return words;
}

function decodeAll(tokenizer: SpeechTokenizer, tokens: readonly number[]): string {
  const hasEnd = tokens.includes(tokenizer.special.endOfText);
  return tokenizer.decode(tokens) + (hasEnd ? END_OF_TEXT : '');
}

function joinBySpaces(parts: readonly TokenWord[], endOfText: number): readonly TokenWord[] {
  const words: TokenWord[] = [];
  for (const part of parts) {
    const last = words.at(-1);
    const isSpecial = (part.tokens[0] ?? 0) >= endOfText;
    const startsWord = isSpecial || part.word.startsWith(' ') || PUNCTUATION.includes(strip(part.word));
    if (last === undefined || startsWord) words.push(part);
    else words[words.length - 1] = { word: last.word + part.word, tokens: [...last.tokens, ...part.tokens] };
  }
  return words;
}

import { strip } from '../formats/python-text.ts';
import type { WordTiming } from './find-alignment.ts';

export interface Punctuations {
  /** Characters that belong to the next word. */
  readonly prepended: string;
  /** Characters that belong to the word before. */
  readonly appended: string;
}

/**
 * Joins punctuation to its word; what was joined stays as an empty word, so that tokens can be counted. After
 * `merge_punctuations` in openai/whisper's timing.py.
 */
export function mergePunctuations(
  timings: readonly WordTiming[],
  { prepended, appended }: Punctuations,
): readonly WordTiming[] {
  return appendPunctuations(prependPunctuations(timings, prepended), appended);
}

function prependPunctuations(timings: readonly WordTiming[], prepended: string): readonly WordTiming[] {
  const merged = [...timings];
  let next = merged.length - 1;
  for (let i = merged.length - 2; i >= 0; i -= 1) {
    const [previous, following] = [merged[i], merged[next]];
    if (previous === undefined || following === undefined) break;
    if (previous.word.startsWith(' ') && prepended.includes(strip(previous.word))) {
      merged[next] = { ...following, ...joined(previous, following) };
      merged[i] = emptied(previous);
    } else next = i;
  }
  return merged;
}

function appendPunctuations(timings: readonly WordTiming[], appended: string): readonly WordTiming[] {
  const merged = [...timings];
  let last = 0;
  for (let i = 1; i < merged.length; i += 1) {
    const [previous, following] = [merged[last], merged[i]];
    if (previous === undefined || following === undefined) break;
    if (!previous.word.endsWith(' ') && appended.includes(following.word)) {
      merged[last] = { ...previous, ...joined(previous, following) };
      merged[i] = emptied(following);
    } else last = i;
  }
  return merged;
}

function joined(first: WordTiming, second: WordTiming): Pick<WordTiming, 'word' | 'tokens'> {
  return { word: first.word + second.word, tokens: [...first.tokens, ...second.tokens] };
}

function emptied(timing: WordTiming): WordTiming {
  return { ...timing, word: '', tokens: [] };
}

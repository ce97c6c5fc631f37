/** What a set of transcripts got wrong. */
export interface WordErrors {
  readonly errors: number;
  readonly words: number;
}

/**
 * The least number of words to change, add and leave out to get from `reference` to `hypothesis`, and the words of the
 * reference. Case and punctuation do not count.
 */
export function countWordErrors(reference: string, hypothesis: string): WordErrors {
  const expected = wordsOf(reference);
  const heard = wordsOf(hypothesis);
  let row = Array.from({ length: heard.length + 1 }, (_, i) => i);
  expected.forEach((word, i) => {
    const next = [i + 1];
    heard.forEach((other, j) => {
      const substituted = (row[j] ?? 0) + (word === other ? 0 : 1);
      next.push(Math.min(substituted, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    });
    row = next;
  });
  return { errors: row.at(-1) ?? 0, words: expected.length };
}

export function sumOf(counts: readonly WordErrors[]): WordErrors {
  return counts.reduce(
    (sum, { errors, words }) => ({ errors: sum.errors + errors, words: sum.words + words }),
    {
      errors: 0,
      words: 0,
    },
  );
}

export function rateOf({ errors, words }: WordErrors): number {
  return errors / Math.max(1, words);
}

export function wordsOf(text: string): readonly string[] {
  return text
    .toLowerCase()
    .replace(/[^a-z' ]/g, ' ')
    .split(/\s+/)
    .filter((word) => word !== '');
}

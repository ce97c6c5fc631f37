import { chooseToken } from './choose-token.ts';
import type { Candidate, Continuation, Search } from './search.ts';

export interface SamplingSettings {
  /** 0 takes the likeliest token. */
  readonly temperature: number;
  readonly endOfText: number;
  /** One source of random numbers for each text; they are as many as texts are drawn. */
  readonly randoms: readonly (() => number)[];
}

interface Text {
  readonly random: () => number;
  readonly tokens: number[];
  sumLogprob: number;
  hasEnded: boolean;
}

/** Texts that go on by themselves, the likeliest token at a time or one drawn; after `GreedyDecoder` in decoding.py. */
export class SamplingSearch implements Search {
  readonly #settings: SamplingSettings;
  readonly #texts: readonly Text[];

  constructor(settings: SamplingSettings) {
    this.#settings = settings;
    this.#texts = settings.randoms.map((random) => ({ random, tokens: [], sumLogprob: 0, hasEnded: false }));
  }

  get rows(): readonly (readonly number[])[] {
    const rows = this.#live.map(({ tokens }) => tokens);
    return rows[0]?.length === 0 ? [[]] : rows; // at first all say the same
  }

  advance(logits: readonly Float32Array[]): readonly Continuation[] {
    const steps = this.#live.map((text, i) => {
      const source = logits.length === 1 ? 0 : i;
      return { text, source, token: this.#extend(text, logits[source]) };
    });
    return steps.filter(({ text }) => !text.hasEnded).map(({ source, token }) => ({ source, token }));
  }

  candidates(): readonly Candidate[] {
    return this.#texts;
  }

  get #live(): readonly Text[] {
    return this.#texts.filter(({ hasEnded }) => !hasEnded);
  }

  #extend(text: Text, logits: Float32Array = new Float32Array()): number {
    const { id, logprob } = chooseToken(logits, this.#settings.temperature, text.random);
    text.sumLogprob += logprob;
    if (id === this.#settings.endOfText) text.hasEnded = true;
    else text.tokens.push(id);
    return id;
  }
}

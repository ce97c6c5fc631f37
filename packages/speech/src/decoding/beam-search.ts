import { likeliestTokens } from './likeliest-tokens.ts';
import { roundHalfEven } from './round-half-even.ts';
import type { Candidate, Continuation, Search } from './search.ts';

export interface BeamSettings {
  readonly beamSize: number;
  /** The search ends when `round(beamSize x patience)` texts have. */
  readonly patience: number;
  readonly endOfText: number;
}

interface Scored extends Continuation {
  readonly sumLogprob: number;
}

/** The `beamSize` likeliest texts side by side; after `BeamSearchDecoder` in openai/whisper's decoding.py. */
export class BeamSearch implements Search {
  readonly #settings: BeamSettings;
  readonly #maxEnded: number;
  #beams: readonly Candidate[] = [{ tokens: [], sumLogprob: 0, hasEnded: false }];
  readonly #ended: Candidate[] = [];

  constructor(settings: BeamSettings) {
    this.#settings = settings;
    this.#maxEnded = roundHalfEven(settings.beamSize * settings.patience);
  }

  get rows(): readonly (readonly number[])[] {
    return this.#beams.map(({ tokens }) => tokens);
  }

  advance(logits: readonly Float32Array[]): readonly Continuation[] {
    const ranked = this.#beams
      .flatMap((beam, source) => this.#continuations(beam, source, logits[source]))
      .sort((a, b) => b.sumLogprob - a.sumLogprob);
    const kept: Scored[] = [];
    for (const next of ranked) {
      if (next.token === this.#settings.endOfText) this.#end(next);
      else kept.push(next);
      if (kept.length === this.#settings.beamSize) break;
    }
    this.#beams = kept.map(({ source, token, sumLogprob }) => ({
      tokens: [...this.#tokensOf(source), token],
      sumLogprob,
      hasEnded: false,
    }));
    return this.#ended.length >= this.#maxEnded ? [] : kept;
  }

  /** Texts that have ended, filled up with the likeliest that have not. */
  candidates(): readonly Candidate[] {
    const missing = Math.max(0, this.#settings.beamSize - this.#ended.length);
    const unended = [...this.#beams].sort((a, b) => b.sumLogprob - a.sumLogprob).slice(0, missing);
    return [...this.#ended, ...unended];
  }

  #continuations(
    beam: Candidate,
    source: number,
    logits: Float32Array = new Float32Array(),
  ): readonly Scored[] {
    return likeliestTokens(logits, this.#settings.beamSize + 1).map(({ id, logprob }) => ({
      source,
      token: id,
      sumLogprob: beam.sumLogprob + logprob,
    }));
  }

  #end({ source, sumLogprob }: Scored): void {
    if (this.#ended.length >= this.#maxEnded) return;
    this.#ended.push({ tokens: this.#tokensOf(source), sumLogprob, hasEnded: true });
  }

  #tokensOf(source: number): readonly number[] {
    return this.#beams[source]?.tokens ?? [];
  }
}

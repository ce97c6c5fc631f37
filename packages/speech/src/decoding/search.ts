/** A text that a search has come to, ended or not. */
export interface Candidate {
  /** Text and timestamp tokens, without the end of text. */
  readonly tokens: readonly number[];
  /** Sum of the natural log-probabilities of the tokens, of the end of text too where it came. */
  readonly sumLogprob: number;
  /** Whether the end of text came. */
  readonly hasEnded: boolean;
}

/** A row to go on with: row `source` of those before, and the token that comes next. */
export interface Continuation {
  readonly source: number;
  readonly token: number;
}

/** How the tokens of one window are chosen. It begins with one row that has said nothing. */
export interface Search {
  /** What each row has said. */
  readonly rows: readonly (readonly number[])[];
  /**
   * `logits`: `[vocabulary]` after each row, masked with -Infinity where a token may not come.
   * The rows to go on with; none when the search has ended.
   */
  advance(logits: readonly Float32Array[]): readonly Continuation[];
  candidates(): readonly Candidate[];
}

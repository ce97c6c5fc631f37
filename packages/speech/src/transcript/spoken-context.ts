export interface ContextSettings {
  /** Tokens of the initial prompt. */
  readonly initial: readonly number[];
  /** Whether every window is told the initial prompt. */
  readonly carriesInitial: boolean;
  /** Tokens that a window can be told. */
  readonly room: number;
}

/** What a window is told of what was said before; after `all_tokens` in openai/whisper's transcribe.py. */
export class SpokenContext {
  readonly #settings: ContextSettings;
  readonly #initial: readonly number[];
  /** Since it was last forgotten, the initial prompt apart. */
  #said: number[] = [];
  #tellsInitial = true;

  constructor(settings: ContextSettings) {
    this.#settings = settings;
    this.#initial = settings.carriesInitial ? settings.initial.slice(0, settings.room) : settings.initial;
  }

  /** Text and timestamp tokens, the latest last; may be more than there is room for. */
  get previous(): readonly number[] {
    const { carriesInitial, room } = this.#settings;
    if (!carriesInitial) return [...(this.#tellsInitial ? this.#initial : []), ...this.#said];
    const left = room - this.#initial.length;
    return [...this.#initial, ...(left > 0 ? this.#said.slice(-left) : [])];
  }

  add(tokens: readonly number[]): void {
    this.#said.push(...tokens);
  }

  forget(): void {
    this.#said = [];
    this.#tellsInitial = false;
  }
}

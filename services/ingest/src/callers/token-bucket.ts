const MINUTE_MS = 60_000;

/** What is left of a limit on requests. */
export interface RateState {
  readonly limit: number;
  readonly remaining: number;
  /** Until the limit is whole again. */
  readonly resetMs: number;
  /** Until one more request is taken; 0 for now. */
  readonly waitMs: number;
}

/** A minute's requests, refilled steadily: who is silent for a minute may send a minute's worth at once. */
export class TokenBucket {
  #tokens: number;
  #limit: number;
  #atMs: number;

  constructor(requestsPerMinute: number, nowMs: number) {
    this.#limit = requestsPerMinute;
    this.#tokens = requestsPerMinute;
    this.#atMs = nowMs;
  }

  /** @returns whether there was one to take */
  take(): boolean {
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }

  /** What was spent elsewhere; that may be more than there was. */
  spend(requests: number): void {
    this.#tokens = Math.max(-this.#limit, this.#tokens - requests);
  }

  state(): RateState {
    const msPerToken = MINUTE_MS / this.#limit;
    return {
      limit: this.#limit,
      remaining: Math.max(0, Math.floor(this.#tokens)),
      resetMs: Math.ceil((this.#limit - this.#tokens) * msPerToken),
      waitMs: this.#tokens >= 1 ? 0 : Math.ceil((1 - this.#tokens) * msPerToken),
    };
  }

  /** A limit that was changed holds from the next request on. */
  refill(requestsPerMinute: number, nowMs: number): void {
    const earned = ((nowMs - this.#atMs) * requestsPerMinute) / MINUTE_MS;
    this.#limit = requestsPerMinute;
    this.#atMs = nowMs;
    this.#tokens = Math.min(requestsPerMinute, this.#tokens + earned);
  }
}

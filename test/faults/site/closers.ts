/** What has been opened, to be closed in reverse; an `AsyncDisposableStack`, which Node 20 lacks. */
export class Closers implements AsyncDisposable {
  readonly #closers: (() => PromiseLike<void>)[] = [];

  use<T extends AsyncDisposable>(opened: T): T {
    this.#closers.push(() => opened[Symbol.asyncDispose]());
    return opened;
  }

  defer(close: () => Promise<void>): void {
    this.#closers.push(close);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const close of this.#closers.splice(0).reverse()) await close();
  }
}

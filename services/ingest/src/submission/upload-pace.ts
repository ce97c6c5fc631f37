import type { Socket } from 'node:net';

export interface LeastPace {
  /** 0 for none. */
  readonly minBytesPerSecond: number;
  /** Over which it is taken. */
  readonly windowMs: number;
}

/**
 * Calls back when a sender keeps less than the least pace over a whole window: who sends a byte now and then is not
 * silent, and would hold a place for as long as it likes. Disposing stops the watch.
 */
export function watchPace(
  socket: Pick<Socket, 'bytesRead'>,
  { minBytesPerSecond, windowMs }: LeastPace,
  onSlow: () => void,
): Disposable {
  let before = socket.bytesRead;
  const look = (): void => {
    const received = socket.bytesRead - before;
    before = socket.bytesRead;
    if (received < (minBytesPerSecond * windowMs) / 1_000) onSlow();
  };
  const timer = setInterval(look, windowMs);
  return {
    [Symbol.dispose]: () => {
      clearInterval(timer);
    },
  };
}

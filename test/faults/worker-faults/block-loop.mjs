/** Preloaded into a service (`--import`): SIGPWR blocks its event loop for 5 s, as a computation in the wrong place does. */
const BLOCKED_MS = 5_000;
process.on('SIGPWR', () => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BLOCKED_MS);
});

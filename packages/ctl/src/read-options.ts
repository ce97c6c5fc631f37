import { UsageError } from './command.ts';

/** @throws UsageError */
export function readNumber(name: string, given: string): number {
  if (/^\d{1,15}$/.test(given)) return Number(given);
  throw new UsageError(`--${name} must be a whole number`);
}

/**
 * One or more states, separated by commas.
 * @throws UsageError that names those there are
 */
export function readStates<State extends string>(
  states: readonly State[],
  given: string | undefined,
): readonly State[] | undefined {
  return given?.split(',').map((word) => {
    const state = states.find((each) => each === word);
    if (state) return state;
    throw new UsageError(`there is no state "${word}"; there are: ${states.join(', ')}`);
  });
}

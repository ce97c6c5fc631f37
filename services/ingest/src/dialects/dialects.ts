import type { Dialect } from './dialect.ts';
import { openaiDialect } from './openai/openai-dialect.ts';
import { ownDialect } from './own/own-dialect.ts';

/** In the order in which they are asked for a path; ours takes what is left. */
export const dialects: readonly Dialect[] = [openaiDialect, ownDialect];

export function dialectOf(path: string): Dialect {
  return dialects.find(({ owns }) => owns(path)) ?? ownDialect;
}

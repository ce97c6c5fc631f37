import type { Dialect } from './dialect.ts';
import { asrWebserviceDialect } from './asr-webservice/asr-webservice-dialect.ts';
import { openaiDialect } from './openai/openai-dialect.ts';
import { ownDialect } from './own/own-dialect.ts';
import { whisperCppDialect } from './whisper-cpp/whisper-cpp-dialect.ts';

/** In the order in which they are asked for a path; ours takes what is left. */
export const dialects: readonly Dialect[] = [
  openaiDialect,
  whisperCppDialect,
  asrWebserviceDialect,
  ownDialect,
];

export function dialectOf(path: string): Dialect {
  return dialects.find(({ owns }) => owns(path)) ?? ownDialect;
}

import { resultKeySchema } from './identifiers.ts';
import { optionsDigest, type TranscriptionOptions } from './transcription-options.ts';

/** The key of one result: same audio, same model, same options. */
export function resultKey(audioSha256: string, model: string, options: TranscriptionOptions): string {
  const digest = optionsDigest(options);
  return resultKeySchema.parse([audioSha256, model, ...(digest ? [digest] : [])].join('.'));
}

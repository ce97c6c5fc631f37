import { createHash } from 'node:crypto';
import { DEFAULT_TENANT, resultKeySchema } from './identifiers.ts';
import { optionsDigest, type TranscriptionOptions } from './transcription-options.ts';

export interface ResultOf {
  readonly tenant: string;
  readonly audioSha256: string;
  readonly model: string;
  readonly options: TranscriptionOptions;
}

/** The key of one result: same tenant, same audio, same model, same options. */
export function resultKey({ audioSha256, model, options, tenant }: ResultOf): string {
  const digest = optionsDigest(options);
  const content = contentOf(tenant, audioSha256);
  return resultKeySchema.parse([content, model, ...(digest ? [digest] : [])].join('.'));
}

/** What another tenant's key for the same audio says nothing about. */
function contentOf(tenant: string, audioSha256: string): string {
  if (tenant === DEFAULT_TENANT) return audioSha256;
  return createHash('sha256').update(`${tenant}\n${audioSha256}`).digest('hex');
}

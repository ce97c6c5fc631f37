import { z } from 'zod';
import { ERROR_CODES, PipelineError } from '@whisper/shared/contracts/errors';
import { modelIdentitySchema } from '@whisper/shared/contracts/stored-result';
import { transcriptionOptionsSchema } from '@whisper/shared/contracts/transcription-options';
import { SANDBOX_TIERS } from './ffmpeg-command.ts';
import { segmentSchema, transcriptSchema } from '@whisper/shared/contracts/transcript';

/** What a worker tells its engine process over the IPC channel. */
export const engineRequestSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('load'),
    directory: z.string(),
    executionProviders: z.array(z.string()),
    threads: z.int().positive(),
  }),
  z.strictObject({
    kind: z.literal('transcribe'),
    audioPath: z.string(),
    options: transcriptionOptionsSchema,
    tier: z.enum(SANDBOX_TIERS),
    ffmpegPath: z.string(),
    maxAudioSeconds: z.int().positive(),
  }),
  /** Stop what you are at; it is answered by that request's own reply. Whoever is idle ignores it. */
  z.strictObject({ kind: z.literal('cancel') }),
]);
export type EngineRequest = z.infer<typeof engineRequestSchema>;

/** What the engine process answers: any number of alive, progress and segment, then one done or failed. */
export const engineReplySchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('ready'), identity: modelIdentitySchema }),
  /** Still computing: a window of a large model takes minutes on a CPU. */
  z.strictObject({ kind: z.literal('alive') }),
  z.strictObject({
    kind: z.literal('progress'),
    processedSeconds: z.number().nonnegative(),
    totalSeconds: z.number().nonnegative(),
  }),
  z.strictObject({ kind: z.literal('segment'), segment: segmentSchema }),
  z.strictObject({ kind: z.literal('done'), transcript: transcriptSchema }),
  z.strictObject({
    kind: z.literal('failed'),
    code: z.enum(ERROR_CODES),
    message: z.string(),
    field: z.string().optional(),
  }),
]);
export type EngineReply = z.infer<typeof engineReplySchema>;

export function failedReply(error: PipelineError): EngineReply {
  return { kind: 'failed', code: error.code, message: error.message, field: error.field };
}

export function replyError(reply: Extract<EngineReply, { kind: 'failed' }>): PipelineError {
  return new PipelineError(reply.code, reply.message, { ...(reply.field && { field: reply.field }) });
}

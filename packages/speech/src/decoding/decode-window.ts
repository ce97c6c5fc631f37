import { setImmediate as yieldToEvents } from 'node:timers/promises';
import { HOP_SIZE, SAMPLE_RATE_HZ } from '../features/log-mel-spectrogram.ts';
import type { Logits } from '../model/decoder.ts';
import type { EncodedWindow } from '../model/encoded-window.ts';
import type { WhisperModel } from '../model/whisper-model.ts';
import { compressionRatio } from '../transcript/compression-ratio.ts';
import { chooseToken } from './choose-token.ts';
import { logSumExp } from './log-softmax.ts';
import { seededRandom } from './seeded-random.ts';
import { applyTimestampRules } from './timestamp-rules.ts';

const STEPS_BETWEEN_YIELDS = 8;
const MAX_INITIAL_TIMESTAMP_SECONDS = 1;

export interface WindowRequest {
  readonly window: EncodedWindow;
  /** Start of transcript, language and task. */
  readonly sequence: readonly number[];
  /** Text tokens of what was said before; only the last ones that fit are used. */
  readonly previous: readonly number[];
  readonly seed: number;
  readonly signal: AbortSignal | undefined;
}

/** One decoding of one window. */
export interface WindowResult {
  /** Text and timestamp tokens, without the end of text. */
  readonly tokens: readonly number[];
  readonly temperature: number;
  /** Mean natural log-probability per token, the end of text included. */
  readonly avgLogprob: number;
  readonly noSpeechProbability: number;
  readonly compressionRatio: number;
}

/**
 * Decodes one window with timestamps, greedily at temperature 0 and by seeded sampling above; after `DecodingTask` in
 * openai/whisper's decoding.py.
 * @throws PipelineError `engine_failed`, or the signal's reason when it is aborted.
 */
export async function decodeWindow(
  model: WhisperModel,
  request: WindowRequest,
  temperature: number,
): Promise<WindowResult> {
  const { special } = model.tokenizer;
  const random = seededRandom(request.seed);
  const run = model.decoder.start([request.window]);
  const prompt = promptTokens(model, request);
  const maxTokens = tokenLimit(model, prompt.length);
  let logits = await run.step([prompt]);
  const noSpeechProbability = probabilityAt(
    logits,
    prompt.indexOf(special.startOfTranscript),
    special.noSpeech,
  );
  const tokens: number[] = [];
  let sumLogprob = 0;
  while (tokens.length < maxTokens) {
    const row = logits.at(0, -1);
    maskLogits(model, row, tokens);
    const { id, logprob } = chooseToken(row, temperature, random);
    sumLogprob += logprob;
    if (id === special.endOfText) break;
    tokens.push(id);
    await pause(tokens.length, request.signal);
    if (tokens.length < maxTokens) logits = await run.step([[id]]);
  }
  return {
    tokens,
    temperature,
    avgLogprob: sumLogprob / (tokens.length + 1),
    noSpeechProbability,
    compressionRatio: compressionRatio(model.tokenizer.decode(tokens).trim()),
  };
}

function promptTokens({ settings, tokenizer }: WhisperModel, request: WindowRequest): readonly number[] {
  const room = Math.floor(settings.contextTokens / 2) - 1;
  const previous = request.previous.slice(-room);
  if (previous.length === 0) return request.sequence;
  return [tokenizer.special.startOfPrevious, ...previous, ...request.sequence];
}

/** Half the context, as in the reference, and no more than the context still holds after the prompt. */
function tokenLimit({ settings: { contextTokens } }: WhisperModel, promptLength: number): number {
  return Math.min(Math.floor(contextTokens / 2), contextTokens - promptLength + 1);
}

/** Must be read before masking: the row may be the one that is masked. */
function probabilityAt(logits: Logits, position: number, id: number | undefined): number {
  if (id === undefined) return 0;
  const row = logits.at(0, position);
  return Math.exp((row[id] ?? -Infinity) - logSumExp(row));
}

function maskLogits(model: WhisperModel, row: Float32Array, sampled: readonly number[]): void {
  const { settings, tokenizer } = model;
  for (const id of model.suppressed) row[id] = -Infinity;
  if (sampled.length === 0) for (const id of model.blank) row[id] = -Infinity;
  const timeStepSeconds = (settings.framesPerPosition * HOP_SIZE) / SAMPLE_RATE_HZ;
  const maxInitialTimestamp = Math.round(MAX_INITIAL_TIMESTAMP_SECONDS / timeStepSeconds);
  applyTimestampRules(row, sampled, { special: tokenizer.special, maxInitialTimestamp });
}

/** Lets timers and messages through now and then, which is how an abort gets here. */
async function pause(step: number, signal: AbortSignal | undefined): Promise<void> {
  if (step % STEPS_BETWEEN_YIELDS === 0) await yieldToEvents();
  signal?.throwIfAborted();
}

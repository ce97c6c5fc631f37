import type { TranscriptionOptions } from '@whisper/shared/contracts/transcription-options';
import type { EncodedWindow } from '../model/encoded-window.ts';
import type { WhisperModel } from '../model/whisper-model.ts';
import { compressionRatio } from '../transcript/compression-ratio.ts';
import { initialTokens, tokenLimit, type Told } from './initial-tokens.ts';
import { logitFilters } from './logit-filters.ts';
import { logSumExp } from './log-softmax.ts';
import { bestCandidate } from './rank-candidates.ts';
import { runSearches } from './run-searches.ts';
import type { Candidate } from './search.ts';
import { startSearch } from './start-search.ts';

export interface WindowRequest extends Told {
  readonly window: EncodedWindow;
  /** Makes this window's draws its own; the mel frame at which it starts. */
  readonly seek: number;
}

export interface DecodingTry {
  readonly options: TranscriptionOptions;
  readonly temperature: number;
  readonly signal?: AbortSignal | undefined;
}

/** One decoding of one window. */
export interface WindowResult {
  /** Text and timestamp tokens, without the end of text. */
  readonly tokens: readonly number[];
  /** Whether the text came to its end, rather than to the limit of tokens. */
  readonly hasEnded: boolean;
  readonly temperature: number;
  /** Mean natural log-probability per token, the end of text included. */
  readonly avgLogprob: number;
  readonly noSpeechProbability: number;
  readonly compressionRatio: number;
}

/**
 * Decodes windows side by side at one temperature: greedily, by beam search or by sampling, as `DecodingTask` in
 * openai/whisper's decoding.py. What the windows are told must be equally long.
 * @throws PipelineError `engine_failed`, or the signal's reason, within one step of the decoder, when it is aborted.
 */
export async function decodeWindows(
  model: WhisperModel,
  requests: readonly WindowRequest[],
  attempt: DecodingTry,
): Promise<readonly WindowResult[]> {
  const { options, temperature, signal } = attempt;
  const { startOfTranscript, noSpeech } = model.tokenizer.special;
  const prompts = requests.map((request) => initialTokens(model, request, options));
  const [prompt = []] = prompts;
  const position = prompt.indexOf(startOfTranscript);
  const run = model.decoder.start(requests.map(({ window }) => window));
  const logits = await run.step(prompts, [position, -1]);
  const silences = requests.map((_, row) => probabilityOf(noSpeech, logits.at(row, position)));
  const searches = requests.map(({ seek }) => startSearch(model, attempt, seek));
  await runSearches(run, logits, {
    searches,
    filters: logitFilters(model, options),
    maxTokens: tokenLimit(model, prompt.length, options),
    signal,
  });
  return searches.map((search, i) => {
    const best = bestCandidate(search.candidates(), options.lengthPenalty);
    return toResult(model, best, temperature, silences[i] ?? 0);
  });
}

function toResult(
  { tokenizer }: WhisperModel,
  { tokens, sumLogprob, hasEnded }: Candidate,
  temperature: number,
  noSpeechProbability: number,
): WindowResult {
  return {
    tokens,
    hasEnded,
    temperature,
    avgLogprob: sumLogprob / (tokens.length + 1),
    noSpeechProbability,
    compressionRatio: compressionRatio(tokenizer.decode(tokens).trim()),
  };
}

/** Before anything is masked. `logits`: `[vocabulary]`. */
function probabilityOf(id: number | undefined, logits: Float32Array): number {
  return id === undefined ? 0 : Math.exp((logits[id] ?? -Infinity) - logSumExp(logits));
}

import { PipelineError } from '@whisper/shared/contracts/errors';
import { OPTION_FIELDS } from '@whisper/shared/contracts/option-fields';
import type { TranscriptionOptions } from '@whisper/shared/contracts/transcription-options';
import { halfContext, textTokens } from '../decoding/initial-tokens.ts';
import type { WhisperModel } from '../model/whisper-model.ts';

type Option = keyof TranscriptionOptions;

/** Tokens of start of transcript, language, task and no-timestamps. */
const SEQUENCE_TOKENS = 4;

/**
 * Refuses options that the model cannot follow; what contradicts itself the schema has refused.
 * @throws PipelineError `invalid_option` with the field at fault.
 */
export function checkOptions(model: WhisperModel, options: TranscriptionOptions): void {
  checkBuilt(options);
  checkLanguages(model, options);
  checkTask(model, options);
  checkTokens(model, options);
  checkPrompt(model, options);
}

/** What the contract has and this engine does not do yet (issue 4). */
function checkBuilt({ wordTimestamps, vadFilter, batchSize }: TranscriptionOptions): void {
  if (wordTimestamps) refuse('wordTimestamps', 'This engine does not give words times yet.');
  if (vadFilter) refuse('vadFilter', 'This engine does not detect voice activity yet.');
  if (batchSize !== null) refuse('batchSize', 'This engine does not decode windows in batches yet.');
}

function checkLanguages({ settings, tokenizer }: WhisperModel, options: TranscriptionOptions): void {
  const known = settings.multilingual ? [...tokenizer.special.languages.keys()] : ['en'];
  const refuseUnknown = (option: Option, codes: readonly string[]): void => {
    const unknown = codes.find((code) => !known.includes(code));
    if (unknown === undefined) return;
    refuse(option, `This model does not know the language "${unknown}"; it knows: ${known.join(', ')}.`);
  };
  if (options.language !== null) refuseUnknown('language', [options.language]);
  refuseUnknown('allowedLanguages', options.allowedLanguages);
}

function checkTask({ settings }: WhisperModel, { task }: TranscriptionOptions): void {
  if (task === 'translate' && !settings.multilingual) {
    refuse('task', 'This model knows English only and cannot translate.');
  }
}

function checkTokens(model: WhisperModel, { suppressTokens, maxNewTokens }: TranscriptionOptions): void {
  const { vocabularySize } = model.settings;
  const unknown = suppressTokens.find((id) => id >= vocabularySize);
  if (unknown !== undefined) {
    refuse('suppressTokens', `There is no token ${unknown}; this model has ${vocabularySize}.`);
  }
  if (maxNewTokens !== null && maxNewTokens > halfContext(model)) {
    refuse('maxNewTokens', `This model takes at most ${halfContext(model)} new tokens in a window.`);
  }
}

function checkPrompt(model: WhisperModel, options: TranscriptionOptions): void {
  const room = halfContext(model) - SEQUENCE_TOKENS;
  const { length } = textTokens(model, options.prefix);
  if (length > room) refuse('prefix', `It comes to ${length} tokens, and this model takes ${room}.`);
}

function refuse(option: Option, message: string): never {
  throw new PipelineError('invalid_option', message, { field: OPTION_FIELDS[option] });
}

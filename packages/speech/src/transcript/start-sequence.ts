import { PipelineError } from '@whisper/shared/contracts/errors';
import type { TranscriptionOptions } from '@whisper/shared/contracts/transcription-options';
import type { WhisperModel } from '../model/whisper-model.ts';

/**
 * Refuses options that the model cannot follow.
 * @throws PipelineError `invalid_option` with the field at fault.
 */
export function checkOptions({ settings, tokenizer }: WhisperModel, options: TranscriptionOptions): void {
  const known = settings.multilingual ? [...tokenizer.special.languages.keys()] : ['en'];
  if (options.language !== null && !known.includes(options.language)) {
    const message = `This model does not know the language "${options.language}"; it knows: ${known.join(', ')}.`;
    throw new PipelineError('invalid_option', message, { field: 'language' });
  }
  if (options.task === 'translate' && !settings.multilingual) {
    const message = 'This model knows English only and cannot translate.';
    throw new PipelineError('invalid_option', message, { field: 'task' });
  }
}

/** The tokens that tell the decoder what to do; a model of English alone takes neither language nor task. */
export function startSequence(
  { settings, tokenizer: { special } }: WhisperModel,
  language: string,
  task: TranscriptionOptions['task'],
): readonly number[] {
  const languageId = special.languages.get(language);
  if (!settings.multilingual || languageId === undefined) return [special.startOfTranscript];
  return [special.startOfTranscript, languageId, special[task]];
}

import type { TranscriptionOptions } from '@whisper/shared/contracts/transcription-options';
import { readParameters } from '../../submission/read-parameters.ts';
import type { Asked, Dialect, UploadRoute } from '../dialect.ts';
import { openaiAnswer } from './openai-answer.ts';
import { errorSchema, LIST_MODELS, READ_MODEL, TRANSCRIPTIONS, TRANSLATIONS } from './openai-description.ts';
import { renderOpenaiError } from './openai-error.ts';
import { readOpenaiFields } from './openai-fields.ts';
import { listModels, readModel } from './openai-models.ts';

/** OpenAI's audio API, as its own clients speak it: `/v1/…`. */
export const openaiDialect: Dialect = {
  name: 'OpenAI',
  owns: (path) => path === '/v1' || path.startsWith('/v1/'),
  uploads: [audioRoute('transcriptions', 'transcribe'), audioRoute('translations', 'translate')],
  reads: [
    { path: '/v1/models', describe: LIST_MODELS, respond: (_parameters, models) => listModels(models) },
    { path: '/v1/models/:id', describe: READ_MODEL, respond: ({ id = '' }, models) => readModel(id, models) },
  ],
  renderError: renderOpenaiError,
  errorSchema,
};

function audioRoute(name: string, task: TranscriptionOptions['task']): UploadRoute {
  return {
    path: `/v1/audio/${name}`,
    describe: task === 'transcribe' ? TRANSCRIPTIONS : TRANSLATIONS,
    fileField: 'file',
    parse: ({ fields, query }, models): Asked => {
      const { ours, stream } = readOpenaiFields({ ...query, ...fields });
      const { rendering, request } = readParameters({ ...ours, task }, {}, models);
      return { request, answer: openaiAnswer(rendering, stream) };
    },
  };
}

import type { PipelineError } from '@whisper/shared/contracts/errors';
import { readParameters } from '../../submission/read-parameters.ts';
import type { Dialect, RenderedError, UploadRoute } from '../dialect.ts';
import type { UploadDescription } from '../route-description.ts';
import { wholeAnswer } from '../whole-answer.ts';
import { errorSchema, SUBMIT_JOB, TRANSCRIBE } from './own-description.ts';

/** Ours: `POST /transcribe`, `POST /jobs`, and every path that no other dialect owns. */
export const ownDialect: Dialect = {
  name: 'WhisperServer',
  owns: () => true,
  uploads: [
    uploadRoute('/transcribe', TRANSCRIBE),
    { ...uploadRoute('/jobs', SUBMIT_JOB), answersWithJob: true },
  ],
  reads: [],
  renderError,
  errorSchema,
};

function uploadRoute(path: string, describe: UploadDescription): UploadRoute {
  return {
    path,
    describe,
    fileField: 'file',
    parse: ({ query, fields }, models) => {
      const { rendering, request } = readParameters(query, fields, models);
      return { request, answer: wholeAnswer(rendering) };
    },
  };
}

/** `{"error": {"code", "message", "field"}}` */
function renderError({ code, field, httpStatus, message }: PipelineError): RenderedError {
  return { status: httpStatus, body: { error: { code, message, ...(field && { field }) } } };
}

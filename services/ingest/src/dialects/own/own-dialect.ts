import type { PipelineError } from '@whisper/shared/contracts/errors';
import { readParameters } from '../../submission/read-parameters.ts';
import type { Dialect, RenderedError, UploadRoute } from '../dialect.ts';
import { wholeAnswer } from '../whole-answer.ts';

/** Ours: `POST /transcribe`, `POST /jobs`, and every path that no other dialect owns. */
export const ownDialect: Dialect = {
  owns: () => true,
  uploads: [uploadRoute('/transcribe'), { ...uploadRoute('/jobs'), answersWithJob: true }],
  reads: [],
  renderError,
};

function uploadRoute(path: string): UploadRoute {
  return {
    path,
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

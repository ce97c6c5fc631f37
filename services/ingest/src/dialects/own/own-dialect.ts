import type { PipelineError } from '@whisper/shared/contracts/errors';
import { renderTranscript } from '@whisper/speech/formats/render-transcript';
import { readParameters } from '../../submission/read-parameters.ts';
import type { Dialect, RenderedError, UploadRoute } from '../dialect.ts';

/** Ours: `POST /transcribe`, and every path that no other dialect owns. */
export const ownDialect: Dialect = {
  owns: () => true,
  uploads: [transcribeRoute()],
  renderError,
};

function transcribeRoute(): UploadRoute {
  return {
    path: '/transcribe',
    fileField: 'file',
    parse: ({ query, fields }, models) => {
      const { rendering, request } = readParameters(query, fields, models);
      return {
        request,
        answer: { kind: 'whole', render: (transcript) => renderTranscript(transcript, rendering) },
      };
    },
  };
}

/** `{"error": {"code", "message", "field"}}` */
function renderError({ code, field, httpStatus, message }: PipelineError): RenderedError {
  return { status: httpStatus, body: { error: { code, message, ...(field && { field }) } } };
}

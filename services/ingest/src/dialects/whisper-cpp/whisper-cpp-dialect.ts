import type { PipelineError } from '@whisper/shared/contracts/errors';
import { readParameters } from '../../submission/read-parameters.ts';
import type { Dialect, RenderedError, UploadRoute } from '../dialect.ts';
import { whisperCppAnswer } from './whisper-cpp-answer.ts';
import { errorSchema, HEALTH, INFERENCE } from './whisper-cpp-description.ts';
import { readWhisperCppFields } from './whisper-cpp-fields.ts';

/** The server of whisper.cpp: `POST /inference`. */
export const whisperCppDialect: Dialect = {
  name: 'whisper.cpp',
  owns: (path) => path === '/inference' || path === '/health',
  uploads: [inferenceRoute()],
  reads: [{ path: '/health', describe: HEALTH, respond: () => ({ status: 'ok' }) }],
  renderError,
  errorSchema,
};

function inferenceRoute(): UploadRoute {
  return {
    path: '/inference',
    describe: INFERENCE,
    fileField: 'file',
    parse: ({ fields, query }, models) => {
      const ours = readWhisperCppFields({ ...query, ...fields });
      const { rendering, request } = readParameters(ours, {}, models);
      return { request, answer: whisperCppAnswer(rendering) };
    },
  };
}

/** What whisper.cpp means to answer; its own server loses the reason. */
function renderError({ httpStatus, message }: PipelineError): RenderedError {
  return { status: httpStatus, body: { error: message } };
}

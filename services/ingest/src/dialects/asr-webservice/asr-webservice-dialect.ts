import { OPTION_FIELDS } from '@whisper/shared/contracts/option-fields';
import { readParameters } from '../../submission/read-parameters.ts';
import type { Dialect, UploadRoute } from '../dialect.ts';
import { asrAnswer, detectedLanguage } from './asr-webservice-answer.ts';
import { ASR, DETECT_LANGUAGE, errorSchema } from './asr-webservice-description.ts';
import { renderAsrError } from './asr-webservice-error.ts';
import { readAsrQuery } from './asr-webservice-query.ts';
import { wavHeader } from './wav-header.ts';

/** whisper-asr-webservice: `POST /asr` and `POST /detect-language`, parameters in the query, the part `audio_file`. */
export const asrWebserviceDialect: Dialect = {
  name: 'whisper-asr-webservice',
  owns: (path) => path === '/asr' || path === '/detect-language',
  uploads: [asrRoute(), detectRoute()],
  reads: [],
  renderError: renderAsrError,
  errorSchema,
};

function asrRoute(): UploadRoute {
  return {
    path: '/asr',
    describe: ASR,
    fileField: 'audio_file',
    parse: ({ fields, query }, models) => {
      const { isBare, output, ours } = readAsrQuery({ ...fields, ...query });
      const { rendering, request } = readParameters(ours, {}, models);
      return { request, answer: asrAnswer(output, rendering), ...(isBare && { audioHeader: wavHeader() }) };
    },
  };
}

/** As that server does, the first window alone is heard; one token of it is decoded, since a job makes a transcript. */
const FIRST_WINDOW = {
  [OPTION_FIELDS.clipTimestampsSeconds]: '0,30',
  [OPTION_FIELDS.temperatures]: '0',
  [OPTION_FIELDS.maxNewTokens]: '1',
  [OPTION_FIELDS.withoutTimestamps]: 'true',
};

function detectRoute(): UploadRoute {
  return {
    path: '/detect-language',
    describe: DETECT_LANGUAGE,
    fileField: 'audio_file',
    parse: ({ fields, query }, models) => {
      const { isBare } = readAsrQuery({ ...fields, ...query });
      const { request } = readParameters(FIRST_WINDOW, {}, models);
      return { request, answer: detectedLanguage, ...(isBare && { audioHeader: wavHeader() }) };
    },
  };
}

import { PipelineError } from '@whisper/shared/contracts/errors';
import { DEFAULT_ALIAS, type KnownModels } from '../../submission/parse-request.ts';

interface Model {
  readonly id: string;
  readonly object: 'model';
  /** Seconds since 1970; when a model was made is not known here. */
  readonly created: number;
  readonly owned_by: string;
}

/** Every name that can be asked for, and OpenAI's name for the default. */
export function listModels({ names }: KnownModels): { object: 'list'; data: readonly Model[] } {
  return { object: 'list', data: [DEFAULT_ALIAS, ...names()].map(toModel) };
}

/** @throws PipelineError `unknown_model` */
export function readModel(id: string, { names }: KnownModels): Model {
  if (id === DEFAULT_ALIAS || names().includes(id)) return toModel(id);
  const shown = id.replace(/[^\x20-\x7e]/g, '?').slice(0, 64);
  throw new PipelineError('unknown_model', `there is no model "${shown}"`, { field: 'model' });
}

const toModel = (id: string): Model => ({ id, object: 'model', created: 0, owned_by: 'whisper-server' });

import { rm } from 'node:fs/promises';
import { posix } from 'node:path';
import koaMulter from '@koa/multer';
import type { Context } from 'koa';
import { PipelineError } from '@whisper/shared/contracts/errors';
import { deferred, type Deferred } from '@whisper/shared/kit/deferred';
import type { FetchedAudio } from './fetch-audio.ts';
import { hashUpload, type SpooledFile } from './hash-upload.ts';
import { hasForm } from './has-form.ts';
import { createSpoolStorage } from './spool-storage.ts';
import { watchPace } from './upload-pace.ts';
import { toUploadError } from './upload-error.ts';

/** Every parameter once, and lists that repeat theirs. */
const MAX_FIELDS = 100;

export interface ReceiveLimits {
  readonly directory: string;
  readonly maxBytes: number;
  readonly idleMs: number;
  /** Who sends less than that over `idleMs` is cut; 0 cuts silence alone. */
  readonly minBytesPerSecond: number;
}

export interface ReceiveUpload extends ReceiveLimits {
  /** The form's part that holds the audio. */
  readonly fileField: string;
  /** Where the audio lies instead, as a request says it. @throws PipelineError `invalid_option` */
  readonly urlIn: (fields: ReceivedUpload['fields']) => string | undefined;
  readonly fetchAudio: (url: string) => Promise<FetchedAudio>;
  /** Written before the file's own bytes, and part of what is hashed. */
  readonly audioHeader?: Buffer;
}

export interface ReceivedUpload extends AsyncDisposable {
  readonly file: SpooledFile;
  readonly fileName: string;
  /** The other form fields, as sent. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/**
 * Reads a multipart body: one file, spooled and hashed as it comes, before or after the fields; or gets it from the
 * address that the request names instead. Whatever goes wrong, no file stays in the spool.
 * @throws PipelineError `missing_file`, `empty_file`, `too_many_files`, `file_too_large`, `upload_aborted`,
 *   `upload_timeout`, `unknown_field`, `invalid_request`, `spool_full`, `url_refused`, `url_unreachable`, `url_too_large`
 */
export async function receiveUpload(ctx: Context, limits: ReceiveUpload): Promise<ReceivedUpload> {
  const spool = createSpoolStorage(limits.directory, limits.audioHeader);
  try {
    if (hasForm(ctx.req)) await parseBody(ctx, limits, spool);
    const fields = { ...(ctx.request as { body?: object }).body };
    const url = limits.urlIn(fields);
    const file =
      url === undefined
        ? theOnlyFile(spool.files(), limits.fileField)
        : await fileAt(url, spool.files(), limits);
    return {
      file,
      fileName: url === undefined ? spool.fileName() : lastStep(url),
      fields,
      [Symbol.asyncDispose]: () => rm(file.path, { force: true }),
    };
  } catch (error) {
    await spool.discard();
    throw toUploadError(error, limits.fileField);
  }
}

async function fileAt(
  url: string,
  [sent]: readonly SpooledFile[],
  { audioHeader, directory, fetchAudio }: ReceiveUpload,
): Promise<SpooledFile> {
  const field = 'url';
  if (sent) throw new PipelineError('invalid_request', 'url: send a file or a url, not both', { field });
  using fetched = await fetchAudio(url);
  const file = await hashUpload(fetched.stream, directory, audioHeader);
  if (file.uploadedBytes > 0) return file;
  await rm(file.path, { force: true });
  throw new PipelineError('empty_file', 'url: there is not one byte at this address', { field });
}

/** What a browser would call the file. */
const lastStep = (url: string): string => posix.basename(url.replace(/[?#].*$/s, ''));

/** A refusal does not wait for the rest of the body, as multer does. */
async function parseBody(
  ctx: Context,
  limits: ReceiveUpload,
  spool: ReturnType<typeof createSpoolStorage>,
): Promise<void> {
  const refused: Deferred<never> = deferred();
  ctx.req.setTimeout(limits.idleMs, () => {
    refused.reject(new PipelineError('upload_timeout', `nothing came for ${limits.idleMs / 1000} s`));
  });
  using _pace = watchPace(ctx.req.socket, { ...limits, windowMs: limits.idleMs }, () => {
    const why = `less than ${limits.minBytesPerSecond} bytes a second came for ${limits.idleMs / 1000} s`;
    refused.reject(new PipelineError('upload_timeout', why));
  });
  const options: koaMulter.Options & { readonly defParamCharset: 'utf8' } = {
    storage: spool.engine((error) => {
      refused.reject(error);
    }) as unknown as koaMulter.StorageEngine,
    defParamCharset: 'utf8', // of file names; the types do not know it yet
    limits: formLimits(limits.maxBytes),
  };
  const parse = koaMulter(options).single(limits.fileField);
  try {
    await Promise.race([parse(ctx, () => Promise.resolve()), refused.promise]);
  } finally {
    ctx.req.setTimeout(0);
  }
}

function formLimits(fileSize: number): koaMulter.Options['limits'] {
  return {
    fileSize,
    files: 1,
    fields: MAX_FIELDS,
    parts: MAX_FIELDS + 1,
    fieldSize: 16_384,
    fieldNameSize: 64,
    headerPairs: 32,
  };
}

function theOnlyFile([file]: readonly SpooledFile[], field: string): SpooledFile {
  if (!file)
    throw new PipelineError('missing_file', `send the audio as the form field "${field}"`, { field });
  if (file.uploadedBytes === 0) throw new PipelineError('empty_file', 'the file is empty', { field });
  return file;
}

import { rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import type { StorageEngine } from 'multer';
import { PipelineError } from '@whisper/shared/contracts/errors';
import { hashUpload, type SpooledFile } from './hash-upload.ts';

/** multer's seam: where the file of one request goes, and how it is taken back. */
export interface SpoolStorage {
  readonly engine: (onRefused: (error: PipelineError) => void) => StorageEngine;
  readonly files: () => readonly SpooledFile[];
  /** What the client calls the file; it says nothing about what is in it. */
  readonly fileName: () => string;
  /** Removes what was written and what is still being written. */
  readonly discard: () => Promise<void>;
}

export function createSpoolStorage(directory: string, header?: Buffer): SpoolStorage {
  const files: SpooledFile[] = [];
  const incoming = new Set<Readable>();
  let discarded = false;
  let name = '';
  const write = async (stream: Readable): Promise<void> => {
    incoming.add(stream);
    if (discarded) stream.destroy(discardedError());
    try {
      files.push(await hashUpload(stream, directory, header));
    } finally {
      incoming.delete(stream);
    }
    if (discarded) await removeAll();
  };
  const removeAll = async (): Promise<void> => {
    await Promise.all(files.splice(0).map(({ path }) => rm(path, { force: true })));
  };
  return {
    engine: (onRefused) => ({
      _handleFile: (_request, file, done) => {
        name = file.originalname;
        file.stream.once('limit', () => {
          onRefused(tooLarge(file.fieldname));
        });
        write(file.stream).then(
          () => {
            done(null);
          },
          (error: unknown) => {
            done(error);
          },
        );
      },
      _removeFile: (_request, _file, done) => {
        removeAll().then(() => {
          done(null);
        }, done);
      },
    }),
    files: () => files,
    fileName: () => name,
    discard: async () => {
      discarded = true;
      for (const stream of incoming) stream.destroy(discardedError());
      await removeAll();
    },
  };
}

const tooLarge = (field: string): PipelineError =>
  new PipelineError('file_too_large', 'the file is larger than the limit', { field });

/** A stream that has ended, was not read to its end and is destroyed without an error never settles its pipeline. */
const discardedError = (): PipelineError => new PipelineError('upload_aborted', 'the upload is thrown away');

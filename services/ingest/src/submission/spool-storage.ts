import { rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import type { StorageEngine } from 'multer';
import { PipelineError } from '@whisper/shared/contracts/errors';
import { hashUpload, type SpooledFile } from './hash-upload.ts';

/** multer's seam: where the file of one request goes, and how it is taken back. */
export interface SpoolStorage {
  readonly engine: (onRefused: (error: PipelineError) => void) => StorageEngine;
  readonly files: () => readonly SpooledFile[];
  /** Removes what was written and what is still being written. */
  readonly discard: () => Promise<void>;
}

export function createSpoolStorage(directory: string): SpoolStorage {
  const files: SpooledFile[] = [];
  const incoming = new Set<Readable>();
  let discarded = false;
  const write = async (stream: Readable): Promise<void> => {
    incoming.add(stream);
    if (discarded) stream.destroy();
    try {
      files.push(await hashUpload(stream, directory));
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
        file.stream.once('limit', () => {
          onRefused(
            new PipelineError('file_too_large', 'the file is larger than the limit', { field: 'file' }),
          );
        });
        const written = write(file.stream);
        written.then(
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
    discard: async () => {
      discarded = true;
      for (const stream of incoming) stream.destroy();
      await removeAll();
    },
  };
}

import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { downloadFile } from './download-file.ts';
import type { Way } from './find-server.ts';

/** MinIO has no official programs any more: only a place and a checksum that the operator names. */
export const minioDownload: Way = {
  name: 'download from MINIO_DOWNLOAD_URL',
  get: async (directory, options) => {
    const url = options.env['MINIO_DOWNLOAD_URL'];
    const expected = options.env['MINIO_SHA256'];
    if (!url || !expected) throw new Error('MINIO_DOWNLOAD_URL and MINIO_SHA256 are not both set');
    const path = join(directory, 'minio');
    const actual = await downloadFile(url, path, options);
    if (actual !== expected.toLowerCase()) throw new Error(`the checksum is ${actual}, not ${expected}`);
    await chmod(path, 0o755);
  },
};

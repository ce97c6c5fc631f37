import { findServer, type FindOptions } from './find-server.ts';
import { goInstall } from './go-install.ts';
import { minioDownload } from './minio-download.ts';

/** The last commit of the archived upstream; only such pseudo-versions resolve. */
const MODULE = 'github.com/minio/minio@v0.0.0-20260212201848-7aac2a2c5b7c';

export async function findMinio(options: FindOptions): Promise<string> {
  const downloadable = options.env['MINIO_DOWNLOAD_URL'] && options.env['MINIO_SHA256'];
  return findServer(
    {
      name: 'minio',
      setting: 'MINIO_BIN',
      version: '2026.02.12', // a program from `go install` does not know its version
      versionFlag: '--version',
      ways: [...(downloadable ? [minioDownload] : []), goInstall(MODULE, 5)],
    },
    options,
  );
}

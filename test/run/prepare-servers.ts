import { findFfmpeg } from '@whisper/infra/servers/find-ffmpeg';
import { findMinio } from '@whisper/infra/servers/find-minio';
import { findNatsServer } from '@whisper/infra/servers/find-nats-server';
import { cacheDirectory } from '../helpers/cache-directory.ts';

/** Gets what the tests run against, once for all files, and says how it goes. */
export async function prepareServers(env: NodeJS.ProcessEnv): Promise<NodeJS.ProcessEnv> {
  const options = {
    env,
    cacheDirectory,
    onProgress: (line: string): void => {
      process.stdout.write(`${line}\n`);
    },
  };
  return {
    ...env,
    FFMPEG_BIN: await findFfmpeg(options),
    NATS_SERVER_BIN: await findNatsServer(options),
    MINIO_BIN: await findMinio(options),
  };
}

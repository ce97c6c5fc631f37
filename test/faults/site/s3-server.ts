import { startMinio, type MinioOptions, type RunningMinio } from '@whisper/infra/processes/start-minio';

/** A MinIO that may be killed, paused and started again on its port and its store. */
export interface S3Server extends AsyncDisposable {
  readonly port: number;
  readonly signal: (signal: NodeJS.Signals) => Promise<void>;
  readonly start: () => Promise<void>;
}

export async function startS3Server(options: Omit<MinioOptions, 'restart'>): Promise<S3Server> {
  const launch = (): Promise<RunningMinio> => startMinio({ ...options, restart: false });
  let minio = await launch();
  return {
    port: options.port,
    signal: async (signal) => {
      if (minio.pid !== undefined) process.kill(minio.pid, signal);
      // Reaps it, and waits until it is gone.
      if (signal === 'SIGKILL' || signal === 'SIGTERM') await minio[Symbol.asyncDispose]();
    },
    start: async () => {
      minio = await launch();
    },
    [Symbol.asyncDispose]: async () => {
      if (minio.pid !== undefined) process.kill(minio.pid, 'SIGCONT');
      await minio[Symbol.asyncDispose]();
    },
  };
}

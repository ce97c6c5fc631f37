import type { Logger } from '@whisper/shared/kit/logger';
import { pause } from '@whisper/shared/kit/pause';
import type { BlobStore } from '@whisper/shared/storage/blob-store';

const CHECK_EVERY_MS = 2_000;

/** Whether the blob store answered of late, so that uploads are refused before their body is read. */
export interface StoreHealth extends Disposable {
  readonly isUp: () => boolean;
}

/** Resolves after the first check; a store that is not there yet is waited for by nobody. */
export async function watchStore(blobs: BlobStore, log: Logger): Promise<StoreHealth> {
  const stopped = new AbortController();
  let up = false;
  const look = async (): Promise<void> => {
    const before = up;
    up = await blobs.check().then(
      () => true,
      (err: unknown) => {
        if (before) log.warn({ err }, 'blob store lost');
        return false;
      },
    );
    if (up && !before) log.info('blob store there');
  };
  await look();
  void (async () => {
    while (await pause(CHECK_EVERY_MS, stopped.signal)) await look();
  })();
  return {
    isUp: () => up,
    [Symbol.dispose]: () => {
      stopped.abort();
    },
  };
}

import { timingSafeEqual } from 'node:crypto';
import type { Bus } from '@whisper/shared/bus/connect';
import { keyState, readShownKey, type ApiKey } from '@whisper/shared/contracts/api-key';
import { PipelineError } from '@whisper/shared/contracts/errors';
import type { Logger } from '@whisper/shared/kit/logger';
import { openApiKeys } from '@whisper/shared/storage/api-keys';
import { digestOfSecret } from '@whisper/shared/storage/new-api-key';
import { watchBucket } from '@whisper/shared/storage/watch-bucket';

/** Every API key, followed live: one that is revoked opens nothing from the moment this process hears of it. */
export interface KeyRing extends AsyncDisposable {
  /**
   * The key that somebody shows.
   * @throws PipelineError `invalid_api_key`
   */
  readonly open: (shown: string) => ApiKey;
  readonly get: (keyId: string) => ApiKey | undefined;
  readonly isEmpty: () => boolean;
}

/** Compared with when there is no such key, so that it takes as long. */
const NO_DIGEST = Buffer.alloc(32);

export async function watchKeys(bus: Bus, log: Logger): Promise<KeyRing> {
  const { bucket } = await openApiKeys(bus);
  const keys = new Map<string, ApiKey>();
  const watch = await watchBucket(
    bucket,
    log,
    (keyId, key) => {
      if (key) keys.set(keyId, key);
      else keys.delete(keyId);
    },
    ({ key: keyId }) => keys.delete(keyId), // it may say that the key is revoked
  );
  return {
    open: (shown) => openWith(keys, shown),
    get: (keyId) => keys.get(keyId),
    isEmpty: () => keys.size === 0,
    [Symbol.asyncDispose]: () => watch[Symbol.asyncDispose](),
  };
}

function openWith(keys: ReadonlyMap<string, ApiKey>, shown: string): ApiKey {
  const parts = readShownKey(shown);
  const key = parts && keys.get(parts.keyId);
  const expected = key ? Buffer.from(key.secretSha256, 'hex') : NO_DIGEST;
  const isRight = timingSafeEqual(digestOfSecret(parts?.secret ?? ''), expected);
  if (!key || !isRight) throw new PipelineError('invalid_api_key', 'the API key is not known here');
  const state = keyState(key, new Date());
  if (state === 'valid') return key;
  throw new PipelineError('invalid_api_key', `the API key is ${state}`); // its holder may know
}

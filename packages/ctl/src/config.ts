import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { seedFileName } from '@whisper/shared/bus/credentials';
import { STORE_KEYS_FOLDER, storeAccessKey, storeKeyFile } from '@whisper/shared/storage/store-keys';
import { blobSettings, commonSettings, natsSettings, readSettings } from '@whisper/shared/kit/config';

const given = readSettings(
  { ...natsSettings, ...blobSettings, DATA_DIR: commonSettings.DATA_DIR, NO_COLOR: z.string().optional() },
  process.env,
);

/** Beside an `npm start` of this machine its operator's key is at hand. */
const ownKey = join(given.DATA_DIR, 'nats-users', seedFileName('operator'));
const saysWho = given.NATS_NKEY_SEED_FILE ?? given.NATS_NKEYS_DIR ?? given.NATS_CREDS_FILE ?? given.NATS_USER;

/** So is the operator's key of its MinIO. */
const ownStoreKey = join(given.DATA_DIR, STORE_KEYS_FOLDER, storeKeyFile('operator'));

export const blobConfig = {
  ...given,
  ...(isUnset('S3_SECRET_KEY') &&
    existsSync(ownStoreKey) && {
      S3_ACCESS_KEY: storeAccessKey('operator'),
      S3_SECRET_KEY: readFileSync(ownStoreKey, 'utf8').trim(),
    }),
};

function isUnset(name: string): boolean {
  return !process.env[name] && !process.env[`${name}_FILE`];
}

export const config = {
  ...given,
  ...(saysWho === undefined && existsSync(ownKey) && { NATS_NKEY_SEED_FILE: ownKey }),
};

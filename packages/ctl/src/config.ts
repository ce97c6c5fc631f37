import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { seedFileName } from '@whisper/shared/bus/credentials';
import { commonSettings, natsSettings, readSettings } from '@whisper/shared/kit/config';

const given = readSettings(
  { ...natsSettings, DATA_DIR: commonSettings.DATA_DIR, NO_COLOR: z.string().optional() },
  process.env,
);

/** Beside an `npm start` of this machine its operator's key is at hand. */
const ownKey = join(given.DATA_DIR, 'nats-users', seedFileName('operator'));
const saysWho = given.NATS_NKEY_SEED_FILE ?? given.NATS_NKEYS_DIR ?? given.NATS_CREDS_FILE ?? given.NATS_USER;

export const config = {
  ...given,
  ...(saysWho === undefined && existsSync(ownKey) && { NATS_NKEY_SEED_FILE: ownKey }),
};

import { z } from 'zod';
import { commonSettings, readSettings } from '@whisper/shared/kit/config';

const { NATS_URL, NATS_USER, NATS_PASSWORD } = commonSettings;

export const config = readSettings(
  { NATS_URL, NATS_USER, NATS_PASSWORD, NO_COLOR: z.string().optional() },
  process.env,
);

import { readSettings } from '@whisper/shared/kit/config';
import { workerSettings } from '@whisper/worker/config';

export const config = readSettings(workerSettings, process.env);

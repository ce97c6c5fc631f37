import { integer, readSettings } from '@whisper/shared/kit/config';
import { workerSettings } from '@whisper/worker/config';

/** One job at a time on a card unless told otherwise: its memory is the limit, not its cores. */
export const config = readSettings({ ...workerSettings, SLOTS: integer(1, 1, 256) }, process.env);

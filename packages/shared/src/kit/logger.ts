import { pino, type Logger } from 'pino';

export type { Logger };

/** JSON lines on stdout; a message is a constant phrase, values are fields. Never log audio, text or file names. */
export function createLogger(service: string, level: string): Logger {
  return pino({
    level,
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: ['*.secretKey', '*.password', '*.token'],
  });
}

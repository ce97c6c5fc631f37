import { pino, type Logger } from 'pino';

export type { Logger };

/** Names of fields that hold what opens something, wherever they are in an entry. */
const SECRETS = [
  ...['secretKey', 'password', 'pass', 'token', 'seed', 'authorization'],
  ...['S3_ACCESS_KEY', 'S3_SECRET_KEY', 'NATS_PASSWORD', 'HF_TOKEN'],
];
const DEPTHS = ['', '*.', '*.*.', '*.*.*.'];

/** JSON lines on stdout; a message is a constant phrase, values are fields. Never log audio, text or file names. */
export function createLogger(service: string, level: string): Logger {
  return pino({
    level,
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: DEPTHS.flatMap((depth) => SECRETS.map((name) => depth + name)),
    serializers: { err: describeError },
  });
}

/** What an error says, and nothing that it carries: requests, values that did not parse, bits of their text. */
function describeError(error: Error): object {
  const { type, message, stack } = pino.stdSerializers.err(error);
  const code = 'code' in error ? { code: error.code } : {};
  return { type, message: withoutQuotes(message), ...code, stack: withoutQuotes(stack) };
}

/** JSON.parse quotes what it could not read. */
const withoutQuotes = (text: string): string =>
  text.replace(/(\.\.\.)?".*?"(\.\.\.)? is not valid JSON/gs, 'the text is not valid JSON');

/** An address without the user and password that may be in it. */
export function withoutCredentials(addresses: string): string {
  return addresses.replace(/\/\/[^/@,]*@/g, '//');
}

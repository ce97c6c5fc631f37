import type { TlsOptions } from '@nats-io/transport-node';

export interface TlsSettings {
  /** Whom to trust; the server has to prove itself as soon as this is set. */
  readonly NATS_CA_FILE?: string | undefined;
  /** Where the server asks for a certificate of ours. */
  readonly NATS_CERT_FILE?: string | undefined;
  readonly NATS_KEY_FILE?: string | undefined;
}

/** `undefined` where nothing is set: then TLS is used where the server demands it, and the system's CAs are trusted. */
export function tlsOf({ NATS_CA_FILE, NATS_CERT_FILE, NATS_KEY_FILE }: TlsSettings): TlsOptions | undefined {
  if (!NATS_CA_FILE && !NATS_CERT_FILE) return undefined;
  return {
    ...(NATS_CA_FILE && { caFile: NATS_CA_FILE }),
    ...(NATS_CERT_FILE && { certFile: NATS_CERT_FILE }),
    ...(NATS_KEY_FILE && { keyFile: NATS_KEY_FILE }),
  };
}

const TLS_CODES = /^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_(GET|VERIFY))/;
const TLS_WORDS = /certificate|tls|unable to (get|verify)/i;

/** @returns what is wrong with the other side's or our own certificate; `undefined` for other errors */
export function tlsTrouble(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const code = 'code' in error ? String(error.code) : '';
  if (TLS_CODES.test(code) || TLS_WORDS.test(error.message)) return error.message;
  return tlsTrouble(error.cause);
}

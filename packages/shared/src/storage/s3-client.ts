import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { Client } from 'minio';

export interface S3Settings {
  readonly S3_ENDPOINT: string;
  readonly S3_REGION: string;
  readonly S3_BUCKET: string;
  readonly S3_ACCESS_KEY: string;
  readonly S3_SECRET_KEY: string;
  /** Whom to trust for an https endpoint, where it is none that everybody trusts. */
  readonly S3_CA_FILE?: string | undefined;
}

type Open = (
  target: URL | http.RequestOptions,
  options?: http.RequestOptions | ((response: http.IncomingMessage) => void),
) => http.ClientRequest;

/** The client, and a plain request that goes the same way. */
export interface S3Connection {
  readonly client: Client;
  readonly request: Open;
}

/** @param timeoutMs a silent server is given up after this long; the client itself would wait for ever */
export function connectS3(settings: S3Settings, timeoutMs: number): S3Connection {
  const { protocol, hostname, port } = new URL(settings.S3_ENDPOINT);
  const request = createOpen(settings, timeoutMs);
  const client = new Client({
    endPoint: hostname,
    ...(port && { port: Number(port) }),
    useSSL: protocol === 'https:',
    region: settings.S3_REGION,
    accessKey: settings.S3_ACCESS_KEY,
    secretKey: settings.S3_SECRET_KEY,
    transport: { request } as unknown as typeof http,
  });
  return { client, request };
}

function createOpen({ S3_ENDPOINT, S3_CA_FILE }: S3Settings, timeoutMs: number): Open {
  const isSecure = new URL(S3_ENDPOINT).protocol === 'https:';
  const base = isSecure ? https : http;
  const agent = new base.Agent({
    keepAlive: true,
    ...(isSecure && { minVersion: 'TLSv1.2' as const, ...(S3_CA_FILE && { ca: readFileSync(S3_CA_FILE) }) }),
  });
  return (target, options = {}) => {
    const [more, onResponse] = typeof options === 'function' ? [{}, options] : [options, undefined];
    const request =
      target instanceof URL
        ? base.request(target, { ...more, agent }, onResponse)
        : base.request({ ...target, ...more, agent }, onResponse);
    return request.setTimeout(timeoutMs, () => {
      request.destroy(new Error(`the store was silent for ${timeoutMs} ms`));
    });
  };
}

import type { Duplex } from 'node:stream';
import { PipelineError } from '@whisper/shared/contracts/errors';
import { dialectOf } from '../dialects/dialects.ts';
import { newRequestId } from './request-id.ts';

/** What Node's parser tells of what it cannot take. */
interface ParserError extends Error {
  readonly code?: string;
  /** What had come. */
  readonly rawPacket?: Buffer;
}

const REASONS: Readonly<Record<string, readonly [string, string]>> = {
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', 'the head of the request is too large'],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'the head of the request did not come in time'],
};
const NO_HTTP = ['400 Bad Request', 'this is no HTTP'] as const;

/** What is no HTTP reaches no route; it is answered all the same in the words of the path that it names, if any. */
export function refuseNonsense(error: ParserError, socket: Duplex): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const [status, message] = REASONS[error.code ?? ''] ?? NO_HTTP;
  const dialect = dialectOf(pathOf(error.rawPacket));
  const body = JSON.stringify(dialect.renderError(new PipelineError('invalid_request', message)).body);
  const head = [
    `HTTP/1.1 ${status}`,
    `X-Request-Id: ${newRequestId()}`,
    'Connection: close',
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

function pathOf(packet: Buffer | undefined): string {
  const line = packet?.subarray(0, 200).toString('latin1') ?? '';
  return /^[A-Z]+ (\/[^ ?]*)/.exec(line)?.[1] ?? '/';
}

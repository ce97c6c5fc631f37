import { connect, type Socket } from 'node:net';

/** A client that keeps a connection and does not get on; what it was told, and whether it was cut. */
export interface HalfOpen {
  readonly kind: 'half head' | 'slow body' | 'idle';
  readonly socket: Socket;
  readonly answer: () => string;
  readonly isCut: () => boolean;
}

const HALF_HEAD = 'POST /transcribe HTTP/1.1\r\nhost: x\r\nx-half: ';
const SLOW_BODY =
  'POST /transcribe?model=tiny HTTP/1.1\r\nhost: x\r\ncontent-type: multipart/form-data; boundary=x\r\n' +
  'content-length: 900000\r\n\r\n--x\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\n';
const COMPLETE = 'GET /livez HTTP/1.1\r\nhost: x\r\n\r\n';
const DRIP_MS = 1_000;

/** Opens a connection: half a head, a body of a byte a second, or one that is idle after a request. */
export function openHalf(url: string, kind: HalfOpen['kind']): HalfOpen {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  let answer = '';
  let cut = false;
  const drip = setInterval(() => {
    if (kind !== 'idle' && !socket.destroyed) socket.write('x');
  }, DRIP_MS);
  socket
    .setEncoding('latin1')
    .on('data', (chunk: string) => (answer += chunk))
    .on('error', () => undefined) // being cut is what it is for
    .once('end', () => (cut = true))
    .once('close', () => {
      cut = true;
      clearInterval(drip);
    });
  socket.write(kind === 'half head' ? HALF_HEAD : kind === 'slow body' ? SLOW_BODY : COMPLETE);
  return { kind, socket, answer: () => answer, isCut: () => cut };
}

/** So many of each kind. */
export function openFlood(
  url: string,
  counts: Readonly<Record<HalfOpen['kind'], number>>,
): readonly HalfOpen[] {
  return Object.entries(counts).flatMap(([kind, count]) =>
    Array.from({ length: count }, () => openHalf(url, kind as HalfOpen['kind'])),
  );
}

import http from 'node:http';

/** A keep-alive client that costs little, so that the server is what is measured. */
export interface LoadClient extends Disposable {
  /** @returns milliseconds from request to the end of the response */
  readonly post: (audio: string) => Promise<number>;
}

const BOUNDARY = 'bench';

export function createLoadClient(url: string, connections: number): LoadClient {
  const agent = new http.Agent({ keepAlive: true, maxSockets: connections });
  const headers = { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` };
  return {
    post: (audio) =>
      new Promise((resolve, reject) => {
        const body = `--${BOUNDARY}\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\n${audio}\r\n--${BOUNDARY}--\r\n`;
        const startedMs = performance.now();
        const request = http.request(url, {
          method: 'POST',
          agent,
          headers: { ...headers, 'content-length': body.length },
        });
        request.once('error', reject).once('response', (response) => {
          if (response.statusCode !== 200) reject(new Error(`answered with ${response.statusCode ?? 0}`));
          response.resume().once('end', () => {
            resolve(performance.now() - startedMs);
          });
        });
        request.end(body);
      }),
    [Symbol.dispose]: () => {
      agent.destroy();
    },
  };
}

/** Runs `count` calls, `width` at a time. */
export async function inParallel(
  count: number,
  width: number,
  call: (n: number) => Promise<unknown>,
): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) await call(next++);
  };
  await Promise.all(Array.from({ length: width }, lane));
}

export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? NaN;
}

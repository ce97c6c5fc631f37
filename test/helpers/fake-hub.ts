import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export const HUB_COMMIT = 'c0ffee'.padEnd(40, '0');

/** One request for a file's content, as the hub saw it. */
export interface HubRequest {
  readonly path: string;
  readonly range: string | undefined;
  readonly authorization: string | undefined;
}

/** What to do wrong with the next request for a file's content. */
export type HubFault = 'cut' | 'hang' | 'error' | 'garble';

/** A server on this machine that speaks the part of the Hugging Face hub's HTTP interface that a download uses. */
export interface FakeHub extends AsyncDisposable {
  readonly endpoint: string;
  readonly requests: HubRequest[];
  /** Faults by path, each spent by one request; a `garble` stays. */
  readonly faults: Map<string, HubFault[]>;
}

/** Serves `files` as the repository `repository` at {@link HUB_COMMIT}; files above 100 kB are large ones (LFS). */
export async function startFakeHub(repository: string, files: ReadonlyMap<string, Buffer>): Promise<FakeHub> {
  const requests: HubRequest[] = [];
  const faults = new Map<string, HubFault[]>();
  const server = createServer((request, response) => {
    const path = decodeURIComponent((request.url ?? '').replace(/\?.*$/, ''));
    const resolvePrefix = `/${repository}/resolve/${HUB_COMMIT}/`;
    if (path === `/api/models/${repository}/revision/main`) {
      sendJson(response, { _id: '1', id: repository, sha: HUB_COMMIT, lastModified: '2024-10-01T00:00:00Z' });
    } else if (path === `/api/models/${repository}/tree/${HUB_COMMIT}`) {
      sendJson(response, [...files].map(treeEntry));
    } else if (path.startsWith(resolvePrefix)) {
      const name = path.slice(resolvePrefix.length);
      const { range, authorization } = request.headers;
      requests.push({ path: name, range, authorization });
      sendFile(request, response, { content: files.get(name), fault: nextFault(faults, name) });
    } else {
      response.writeHead(404, { 'content-type': 'application/json' }).end('{"error":"Repository not found"}');
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    requests,
    faults,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function nextFault(faults: ReadonlyMap<string, HubFault[]>, path: string): HubFault | undefined {
  const list = faults.get(path);
  return list?.[0] === 'garble' ? 'garble' : list?.shift();
}

function sendJson(response: ServerResponse, body: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function treeEntry([path, content]: readonly [string, Buffer]): object {
  const oid = createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');
  const sha256 = createHash('sha256').update(content).digest('hex');
  const lfs =
    content.length > 100_000 ? { lfs: { oid: sha256, size: content.length, pointerSize: 130 } } : {};
  return { type: 'file', path, size: content.length, oid, ...lfs };
}

interface Reply {
  readonly content: Buffer | undefined;
  readonly fault: HubFault | undefined;
}

function sendFile(request: IncomingMessage, response: ServerResponse, { content, fault }: Reply): void {
  if (fault === 'hang') return;
  if (content === undefined) {
    response.writeHead(404).end();
    return;
  }
  if (fault === 'error') {
    response.writeHead(503).end();
    return;
  }
  const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
  const body = fault === 'garble' ? Buffer.alloc(content.length, 7).subarray(start) : content.subarray(start);
  response.writeHead(start > 0 ? 206 : 200, { 'content-length': body.length });
  if (fault === 'cut') {
    response.write(body.subarray(0, body.length / 2), () => {
      setTimeout(() => request.socket.destroy(), 20); // lets what was written arrive
    });
  } else {
    response.end(body);
  }
}

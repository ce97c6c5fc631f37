import { createServer } from 'node:net';

/** A port that nobody listens on at this moment. */
export async function freePort(host = '127.0.0.1'): Promise<number> {
  const port = await tryListen(host, 0);
  if (port === undefined) throw new Error(`no free port on ${host}`);
  return port;
}

/** The wanted port where it is free, else any free one. */
export async function preferPort(wanted: number, host = '127.0.0.1'): Promise<number> {
  return (await isPortFree(wanted, host)) ? wanted : freePort(host);
}

export async function isPortFree(port: number, host: string): Promise<boolean> {
  return (await tryListen(host, port)) !== undefined;
}

/** Listens for a moment; undefined when the port is taken. */
async function tryListen(host: string, port: number): Promise<number | undefined> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(undefined);
      else reject(error);
    });
    server.listen({ host, port, exclusive: true }, () => {
      const address = server.address();
      server.close(() => {
        resolve(typeof address === 'object' ? address?.port : undefined);
      });
    });
  });
}

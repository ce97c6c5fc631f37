import { readFile } from 'node:fs/promises';
import { askServer, type Trust } from '../processes/ask-server.ts';

/**
 * curl, with what it must be told to believe this server's certificate: nothing where everybody does, the certificate
 * itself where that vouches for the address, else not to look (`-k`), as with a certificate for another name.
 * @param certFile PEM; missing where the server speaks http
 */
export async function curlCommand(baseUrl: string, certFile: string | undefined): Promise<string> {
  if (certFile === undefined || (await isBelieved(baseUrl, {}))) return 'curl';
  // curl takes whatever certificate it is given for a root, too.
  const itself: Trust = { ca: await readFile(certFile), allowPartialTrustChain: true };
  return (await isBelieved(baseUrl, itself)) ? `curl --cacert ${quoted(certFile)}` : 'curl -k';
}

async function isBelieved(baseUrl: string, trust: Trust): Promise<boolean> {
  try {
    await askServer(`${baseUrl}/livez`, { ...trust, rejectUnauthorized: true });
    return true;
  } catch {
    return false;
  }
}

/** For a shell. */
function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}

import { readFile, stat } from 'node:fs/promises';
import type { Server } from 'node:https';
import { createSecureContext } from 'node:tls';
import { pause } from '@whisper/shared/kit/pause';
import type { Logger } from '@whisper/shared/kit/logger';

/** A rename, as certificates are renewed, is seen by looking; not every file system tells. */
const LOOK_EVERY_MS = 2_000;

export interface CertificateSettings {
  readonly TLS_CERT_FILE?: string | undefined;
  readonly TLS_KEY_FILE?: string | undefined;
}

/** A certificate with its chain, and its private key: files in PEM. */
export interface CertificateFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

export function certificateFiles({
  TLS_CERT_FILE,
  TLS_KEY_FILE,
}: CertificateSettings): CertificateFiles | undefined {
  if (TLS_CERT_FILE === undefined || TLS_KEY_FILE === undefined) return undefined;
  return { certFile: TLS_CERT_FILE, keyFile: TLS_KEY_FILE };
}

interface Certificate {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** @throws Error of the files, or when they do not belong together */
export async function readCertificate({ certFile, keyFile }: CertificateFiles): Promise<Certificate> {
  const certificate = { cert: await readFile(certFile), key: await readFile(keyFile) };
  createSecureContext(certificate);
  return certificate;
}

/** Puts a renewed certificate in force, for connections that come after it; one that is wrong is kept out. */
export async function followCertificate(
  server: Server,
  files: CertificateFiles,
  log: Logger,
): Promise<Disposable> {
  const stopped = new AbortController();
  let inForce = await versionOf(files);
  const look = async (): Promise<void> => {
    const version = await versionOf(files);
    if (version === inForce) return;
    inForce = version; // also when it is wrong: said once
    server.setSecureContext(await readCertificate(files));
    log.info('certificate renewed');
  };
  void (async () => {
    while (await pause(LOOK_EVERY_MS, stopped.signal)) {
      await look().catch((err: unknown) => {
        log.warn({ err }, 'certificate not renewed: the one before stays in force');
      });
    }
  })();
  return {
    [Symbol.dispose]: () => {
      stopped.abort();
    },
  };
}

async function versionOf({ certFile, keyFile }: CertificateFiles): Promise<string> {
  const stats = await Promise.all([certFile, keyFile].map((file) => stat(file)));
  return stats.map(({ ino, mtimeMs, size }) => `${ino}:${mtimeMs}:${size}`).join(' ');
}

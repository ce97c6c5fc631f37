import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const secretsSchema = z.object({ s3SecretKey: z.string().min(8) });

/** The password of our own MinIO: made once, readable by the owner only. */
export async function s3Secret(dataDirectory: string): Promise<string> {
  const path = join(dataDirectory, 'secrets.json');
  const stored = await readFile(path, 'utf8').catch(() => undefined);
  if (stored !== undefined) return secretsSchema.parse(JSON.parse(stored)).s3SecretKey;
  const s3SecretKey = randomBytes(24).toString('hex');
  await writeFile(path, `${JSON.stringify({ s3SecretKey })}\n`, { mode: 0o600 });
  return s3SecretKey;
}

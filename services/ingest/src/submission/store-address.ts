import { BLOB_PREFIXES } from '@whisper/shared/contracts/blob-prefixes';
import { PipelineError } from '@whisper/shared/contracts/errors';

const MAX_KEY = 1_024;

/**
 * The key that `s3://<bucket>/inputs/<tenant>/<…>` names, taken literally.
 * @param bucket of the configured store
 * @throws PipelineError `url_refused`
 */
export function readStoreAddress(url: string, bucket: string | undefined, tenant: string): string {
  const [, named, key = ''] = /^s3:\/\/([^/]+)\/(.+)$/s.exec(url) ?? [];
  if (bucket === undefined) throw refused('this server has no S3');
  if (named !== bucket) throw refused(`only the bucket "${bucket}" is read, as s3://${bucket}/…`);
  const prefix = `${BLOB_PREFIXES.inputs}${tenant}/`;
  if (!key.startsWith(prefix) || !isPlain(key)) throw refused(`only what lies below ${prefix} is read`);
  return key;
}

function isPlain(key: string): boolean {
  const steps = key.split('/');
  return key.length <= MAX_KEY && !/\p{Cc}/u.test(key) && !steps.some((step) => /^\.{0,2}$/.test(step));
}

const refused = (message: string): PipelineError => new PipelineError('url_refused', message);

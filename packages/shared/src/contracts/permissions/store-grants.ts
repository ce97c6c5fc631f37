/**
 * What a role may do in the S3 bucket, in words of ours; here alone they become actions of S3.
 * Without a prefix a grant is for the bucket itself.
 */
export interface StoreGrant {
  readonly does: string;
  readonly actions: readonly string[];
  readonly prefixes?: readonly string[];
}

export const getsBlobs = (...prefixes: readonly string[]): StoreGrant => ({
  does: 'Get',
  actions: ['s3:GetObject'],
  prefixes,
});

export const putsBlobs = (...prefixes: readonly string[]): StoreGrant => ({
  does: 'Put',
  actions: ['s3:PutObject'],
  prefixes,
});

export const deletesBlobs = (...prefixes: readonly string[]): StoreGrant => ({
  does: 'Delete',
  actions: ['s3:DeleteObject'],
  prefixes,
});

/**
 * The names of all blobs, and whether the bucket is there. Who reads needs it too: without it S3 answers for a blob that
 * is not there as for one that may not be read.
 */
export const listsBlobs = (): StoreGrant => ({ does: 'List', actions: ['s3:ListBucket'] });

/** The bucket and how long what lies in it is kept. */
export const makesBucket = (): StoreGrant => ({
  does: 'MakeBucket',
  actions: ['s3:CreateBucket', 's3:PutLifecycleConfiguration'],
});

export const EVERYTHING = '';

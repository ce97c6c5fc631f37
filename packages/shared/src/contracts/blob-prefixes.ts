/** What lies where in the bucket. */
export const BLOB_PREFIXES = {
  audio: 'audio/',
  /** Jobs that were accepted and have not ended. */
  accepted: 'accepted/',
  /** Texts too large for the bucket `results`. */
  results: 'results/',
  /** What operators put there for requests that name it. */
  inputs: 'inputs/',
} as const;

import { listFiles, modelInfo } from '@huggingface/hub';
import { z } from 'zod';
import type { CatalogueEntry } from './catalogue.ts';

/** How to reach a hub. */
export interface HubOptions {
  /** Such as `https://huggingface.co`, or a mirror of it. */
  readonly hubEndpoint: string;
  readonly hubToken?: string | undefined;
  /** How long the hub may take to start an answer, and to send the next bytes of one. Default 10 s. */
  readonly hubTimeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A file of a repository at one commit. */
export interface HubFile {
  readonly path: string;
  readonly sizeBytes: number;
  /** What its bytes must hash to: the sha256 of large files, git's blob hash of small ones. */
  readonly checksum: { readonly kind: 'sha256' | 'gitBlob'; readonly hex: string };
}

export interface HubRevision {
  /** A commit hash. */
  readonly revision: string;
  readonly files: readonly HubFile[];
}

export const DEFAULT_TIMEOUT_MS = 10_000;
const commitSchema = z.string().regex(/^[0-9a-f]{40}$/);
const entrySchema = z.object({
  type: z.string(),
  path: z.string(),
  size: z.int().nonnegative(),
  oid: z.string().optional(),
  lfs: z.object({ oid: z.string().regex(/^[0-9a-f]{64}$/), size: z.int().nonnegative() }).optional(),
});

/**
 * Resolves a catalogue entry's revision to a commit and lists the files there.
 * @throws any error of the network or of the hub's answer.
 */
export async function readHubRevision(entry: CatalogueEntry, options: HubOptions): Promise<HubRevision> {
  const common = {
    hubUrl: options.hubEndpoint,
    fetch: timedFetch(options),
    ...(options.hubToken === undefined ? {} : { accessToken: options.hubToken }),
  };
  const revision = await resolveCommit(entry, common);
  const repo = { type: 'model', name: entry.repository } as const;
  const files: HubFile[] = [];
  for await (const item of listFiles({ ...common, repo, revision, recursive: true })) {
    const file = toHubFile(item, entry);
    if (file !== undefined) files.push(file);
  }
  return { revision, files };
}

/** `fetch` that gives up when the hub does not start to answer in time, or when the signal says so. */
export function timedFetch({ hubTimeoutMs = DEFAULT_TIMEOUT_MS, signal }: HubOptions): typeof fetch {
  return async (input, init) => {
    const late = new AbortController();
    const timer = setTimeout(() => {
      late.abort(new Error(`no answer within ${hubTimeoutMs} ms`));
    }, hubTimeoutMs);
    try {
      const signals = [late.signal, signal, init?.signal].filter((one) => one !== undefined && one !== null);
      return await fetch(input, { ...init, signal: AbortSignal.any(signals) });
    } finally {
      clearTimeout(timer);
    }
  };
}

type Common = Pick<Parameters<typeof modelInfo>[0], 'hubUrl' | 'fetch'>;

async function resolveCommit({ repository, revision }: CatalogueEntry, common: Common): Promise<string> {
  if (commitSchema.safeParse(revision).success) return revision;
  const info = await modelInfo({ ...common, name: repository, revision, additionalFields: ['sha'] });
  return commitSchema.parse(info.sha);
}

/** Undefined for folders. A pinned hash wins over the hub's own. */
function toHubFile(item: unknown, { sha256 = {} }: CatalogueEntry): HubFile | undefined {
  const { type, path, size, oid, lfs } = entrySchema.parse(item);
  if (type !== 'file') return undefined;
  const pinned = sha256[path] ?? lfs?.oid;
  if (pinned !== undefined) {
    return { path, sizeBytes: lfs?.size ?? size, checksum: { kind: 'sha256', hex: pinned } };
  }
  return { path, sizeBytes: size, checksum: { kind: 'gitBlob', hex: commitSchema.parse(oid) } };
}

import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PipelineError } from '@whisper/shared/contracts/errors';
import type { DeviceKind } from '../model/choose-onnx-files.ts';
import { readModelSettings } from '../model/model-files.ts';
import type { CatalogueEntry } from './catalogue.ts';
import { chooseHubFiles } from './choose-hub-files.ts';
import { downloadFile } from './download-file.ts';
import { hashFile } from './hash-file.ts';
import { readHubRevision, type HubFile, type HubOptions } from './hub.ts';
import { REVISION_FILE, type RevisionFile } from './revision-file.ts';

export interface DownloadProgress {
  readonly file: string;
  readonly receivedBytes: number;
  readonly totalBytes: number;
}

export interface DownloadOptions extends HubOptions {
  readonly downloadDirectory: string;
  readonly device?: DeviceKind | undefined;
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
}

/**
 * Downloads a model into `<downloadDirectory>/<name>`, which appears only when every file is there and verified. The
 * files gather in `<name>.incomplete`: a network failure leaves it, so that the next attempt resumes; wrong content
 * removes it. The caller sees to it that no one else downloads the same model.
 * @returns the model's directory.
 * @throws PipelineError `model_unavailable` for refused or wrong content; errors of the network as they are.
 */
export async function downloadModel(
  name: string,
  entry: CatalogueEntry,
  options: DownloadOptions,
): Promise<string> {
  const directory = join(options.downloadDirectory, name);
  const incomplete = `${directory}.incomplete`;
  try {
    const { revision, files } = await readHubRevision(entry, options);
    const chosen = chooseHubFiles(files, options.device ?? 'cpu');
    await mkdir(incomplete, { recursive: true });
    for (const file of chosen) await downloadInto(incomplete, file, { revision, entry, options });
    await readModelSettings(incomplete);
    await writeRevision(incomplete, revision, chosen);
    await replace(directory, incomplete);
    return directory;
  } catch (error) {
    if (error instanceof PipelineError) await rm(incomplete, { recursive: true, force: true });
    throw error;
  }
}

interface Source {
  readonly revision: string;
  readonly entry: CatalogueEntry;
  readonly options: DownloadOptions;
}

async function downloadInto(directory: string, file: HubFile, source: Source): Promise<void> {
  const { revision, entry, options } = source;
  const path = file.path.split('/').map(encodeURIComponent).join('/');
  await downloadFile({
    file,
    url: `${options.hubEndpoint}/${entry.repository}/resolve/${revision}/${path}`,
    target: join(directory, file.path),
    hub: options,
    onBytes: (receivedBytes) =>
      options.onProgress?.({ file: file.path, receivedBytes, totalBytes: file.sizeBytes }),
  });
}

async function writeRevision(directory: string, revision: string, files: readonly HubFile[]): Promise<void> {
  const content: RevisionFile = { revision, files: {} };
  for (const { path, sizeBytes, checksum } of files) {
    const isKnown = checksum.kind === 'sha256';
    const sha256 = isKnown ? checksum.hex : await hashFile(join(directory, path), 'sha256');
    content.files[path] = { sha256, sizeBytes };
  }
  await writeFile(join(directory, REVISION_FILE), `${JSON.stringify(content, null, 2)}\n`);
}

/** A broken folder of that name would not be a local model; it makes way. */
async function replace(directory: string, whole: string): Promise<void> {
  await rm(directory, { recursive: true, force: true });
  await rename(whole, directory);
}

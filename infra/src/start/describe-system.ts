import { join } from 'node:path';
import { withoutCredentials } from '@whisper/shared/kit/logger';
import type { BlobServer } from './start-blob-server.ts';
import type { ModelChoice } from './choose-default-model.ts';
import type { BusServer } from './start-bus-server.ts';
import type { GpuProbe } from './probe-gpu.ts';
import type { StartContext } from './start-context.ts';

export interface SystemParts {
  readonly baseUrl: string;
  readonly bus: BusServer;
  readonly blobs: BlobServer;
  readonly model: ModelChoice;
  readonly gpu: GpuProbe;
}

/**
 * What runs where, for the console.
 * @param curl with what it needs to call this server
 */
export function describeSystem(parts: SystemParts, curl: string, { settings }: StartContext): string {
  const { baseUrl, bus, blobs, model, gpu } = parts;
  return [
    '',
    `Ready at       ${baseUrl}   (API: ${baseUrl}/docs)`,
    `OpenAI clients ${baseUrl}/v1 as their base URL`,
    `NATS           ${withoutCredentials(bus.url)}`,
    `Audio          ${blobs.description}`,
    `Lanes          cpu${gpu.usable ? `, gpu (${gpu.description})` : ` (no gpu: ${gpu.description})`}`,
    `Default model  ${model.name} (${model.reason})`,
    `Data, logs     ${settings.DATA_DIR}, ${join(settings.DATA_DIR, 'logs')}`,
    '',
    `Try:  ${curl} -F file=@samples/numbers.wav ${baseUrl}/transcribe`,
    'Ctrl-C stops everything.',
  ].join('\n');
}

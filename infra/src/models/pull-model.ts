import type { DeviceKind } from '@whisper/speech/model/choose-onnx-files';
import { findLocalModel } from '@whisper/speech/models/local-models';
import { obtainModel } from '@whisper/speech/models/obtain-model';
import type { ModelsContext } from './models-settings.ts';
import { createProgressBar } from './progress-bar.ts';

/**
 * `models -- pull NAME`: downloads a model of the catalogue, or says that it is here. What an interrupted download left
 * is taken up again.
 * @throws PipelineError `model_unavailable`.
 */
export async function pullModel(context: ModelsContext, name: string, device: DeviceKind): Promise<void> {
  const { settings, say, signal } = context;
  const directories = [settings.modelsDirectory, settings.bundledDirectory];
  const present = await findLocalModel(name, directories, device);
  if (present !== undefined) {
    say(`${name} is here already: ${present.directory}`);
    return;
  }
  const bar = createProgressBar(context);
  const model = await obtainModel(name, {
    directories,
    downloadDirectory: settings.modelsDirectory,
    catalogueFile: settings.catalogueFile,
    hubEndpoint: settings.hubEndpoint,
    hubToken: settings.hubToken,
    device,
    signal,
    onProgress: ({ file, receivedBytes, totalBytes }) => {
      bar.show(file, receivedBytes, totalBytes);
    },
  });
  bar.end();
  say(`${name} (${model.identity.precision}, ${model.identity.revision.slice(0, 12)}): ${model.directory}`);
}

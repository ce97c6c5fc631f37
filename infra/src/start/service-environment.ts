import type { SystemParts } from './describe-system.ts';
import type { StartContext } from './start-context.ts';

/** What the start has found out, as settings; everything else the services take from the environment they inherit. */
export function serviceEnvironment(
  { bus, blobs, model }: SystemParts,
  ffmpegPath: string,
  { settings }: StartContext,
): NodeJS.ProcessEnv {
  return {
    ...blobs.settings,
    NATS_URL: bus.url,
    DATA_DIR: settings.DATA_DIR,
    MODELS_DIR: model.modelsDirectory,
    DEFAULT_MODEL: model.name,
    FFMPEG_BIN: ffmpegPath,
    HOST: settings.HOST,
    PORT: String(settings.PORT),
  };
}

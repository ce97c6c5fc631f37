import { access, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { modelNameSchema } from '@whisper/shared/contracts/identifiers';
import { UsageError, type ModelsContext } from './models-settings.ts';

/** `models -- remove NAME`: the model's folder in `MODELS_DIR`, and what an interrupted download left of it. */
export async function removeModel({ settings, say }: ModelsContext, name: string): Promise<void> {
  if (!modelNameSchema.safeParse(name).success) throw new UsageError(`"${name}" is no model’s name.`);
  const directory = join(settings.modelsDirectory, name);
  const present = [directory, `${directory}.incomplete`].filter((path) => path !== settings.bundledDirectory);
  const found = await Promise.all(present.map(isThere));
  if (!found.includes(true)) throw new UsageError(`${settings.modelsDirectory} has no model "${name}".`);
  for (const path of present) await rm(path, { recursive: true, force: true });
  say(`${name} is removed`);
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

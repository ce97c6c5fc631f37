import { basename, join, resolve } from 'node:path';
import { runTool } from '../servers/run-tool.ts';
import { preparePython } from './prepare-python.ts';
import type { ModelsContext } from './models-settings.ts';

export interface ExportRequest {
  /** A Hugging Face folder with safetensors, or a .pt file of openai/whisper. */
  readonly checkpoint: string;
  readonly out: string | undefined;
  readonly precision: string;
  readonly tokenizer: string | undefined;
}

/** `models -- export CHECKPOINT`: writes graphs of our own layout, by the Python program in models/export. */
export async function exportModel(context: ModelsContext, request: ExportRequest): Promise<void> {
  const { settings, say, signal } = context;
  const given = (path: string): string => resolve(settings.workingDirectory, path);
  const checkpoint = given(request.checkpoint);
  const out = given(request.out ?? join(settings.modelsDirectory, modelNameOf(checkpoint)));
  const python = await preparePython(context);
  const tokenizer = request.tokenizer === undefined ? [] : ['--tokenizer', given(request.tokenizer)];
  const options = ['--out', out, '--precision', request.precision, ...tokenizer];
  const args = [settings.exporter, checkpoint, ...options];
  await runTool({ command: python, args, signal, onLine: say });
  say(`${basename(out)} is in ${out}`);
}

/** `/models/whisper-tiny` and `tiny.pt` are both `tiny`. */
export function modelNameOf(checkpoint: string): string {
  return basename(checkpoint)
    .replace(/\.pt$/, '')
    .replace(/^whisper-/, '')
    .toLowerCase()
    .replace(/[^a-z0-9._-]/g, '-');
}

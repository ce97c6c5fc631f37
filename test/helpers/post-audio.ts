import { openAsBlob } from 'node:fs';
import { z } from 'zod';

const bodySchema = z.union([
  z.strictObject({ text: z.string() }),
  z.strictObject({
    error: z.strictObject({ code: z.string(), message: z.string(), field: z.string().optional() }),
  }),
]);

export interface Posted {
  readonly status: number;
  readonly headers: Headers;
  readonly text?: string;
  readonly error?: { readonly code: string; readonly message: string; readonly field?: string | undefined };
}

/** `POST /transcribe` as curl does it. */
export async function postAudio(
  url: string,
  audio: Blob | string,
  { query = '', fields = {} }: { query?: string; fields?: Record<string, string> } = {},
): Promise<Posted> {
  const form = new FormData();
  form.set('file', typeof audio === 'string' ? await openAsBlob(audio) : audio, 'audio');
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  return readAnswer(await fetch(`${url}/transcribe${query}`, { method: 'POST', body: form }));
}

export async function readAnswer(response: Response): Promise<Posted> {
  return { status: response.status, headers: response.headers, ...bodySchema.parse(await response.json()) };
}

import { z } from 'zod';

const errorSchema = z.object({ error: z.object({ code: z.string(), message: z.string() }) });

export interface AskOptions {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly audio?: Blob;
  readonly fields?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Told {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
  /** Of an error in our own words. */
  readonly code: string | undefined;
}

/** One request with a key, as programs send it; with audio it is a form. */
export async function askWithKey(
  url: string,
  key: string | undefined,
  options: AskOptions = {},
): Promise<Told> {
  const { audio, fields = {}, headers = {}, method = audio ? 'POST' : 'GET' } = options;
  const form = new FormData();
  if (audio) form.set('file', audio, 'audio');
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  const response = await fetch(url, {
    method,
    headers: { ...(key !== undefined && { authorization: `Bearer ${key}` }), ...headers },
    ...(audio && { body: form }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') ?? false;
  const body: unknown = isJson ? JSON.parse(text) : text;
  const code = errorSchema.safeParse(body).data?.error.code;
  return { status: response.status, headers: response.headers, body, code };
}

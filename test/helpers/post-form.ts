/** A form as browsers and curl send it; a list is sent as the same name several times. */
export async function postForm(
  url: string,
  audio: Blob,
  {
    fields = {},
    fileField = 'file',
    fileName = 'audio',
  }: {
    fields?: Readonly<Record<string, string | readonly string[]>>;
    fileField?: string;
    fileName?: string;
  } = {},
): Promise<Response> {
  const form = new FormData();
  form.set(fileField, audio, fileName);
  for (const [name, value] of Object.entries(fields)) {
    for (const each of typeof value === 'string' ? [value] : value) form.append(name, each);
  }
  return fetch(url, { method: 'POST', body: form });
}

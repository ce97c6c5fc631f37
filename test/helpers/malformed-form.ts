/** Numbers in [0, 1) from a seed: mulberry32. */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export interface MalformedForm {
  readonly contentType: string;
  readonly body: Buffer;
}

type Random = () => number;
type Mutation = (body: Buffer, random: Random) => Buffer;

const BOUNDARY = 'fuzz';
const pick = <T>(list: readonly T[], random: Random): T => list[Math.floor(random() * list.length)] as T;

/** A form with a file that is no audio and a model that there is not: even unharmed, it must be refused. */
function wholeForm(fileField: string): string {
  const part = (disposition: string, content: string): string =>
    `--${BOUNDARY}\r\nContent-Disposition: form-data; ${disposition}\r\n\r\n${content}\r\n`;
  return [
    part(`name="${fileField}"; filename="a.wav"`, 'no audio at all'),
    part('name="model"', 'no-such-model'),
    part('name="output"', 'no-such-output'),
    part('name="temperature"', 'no-number'),
    `--${BOUNDARY}--\r\n`,
  ].join('');
}

const replace =
  (from: RegExp, to: string | ((random: Random) => string)): Mutation =>
  (body, random) =>
    Buffer.from(body.toString('latin1').replace(from, typeof to === 'string' ? to : to(random)), 'latin1');

const MUTATIONS: readonly Mutation[] = [
  (body, random) => body.subarray(0, Math.floor(random() * body.length)),
  (body, random) => body.subarray(Math.floor(random() * body.length)),
  (body, random) => {
    const harmed = Buffer.from(body);
    for (let n = 0; n < 8; n++) harmed[Math.floor(random() * harmed.length)] = Math.floor(random() * 256);
    return harmed;
  },
  (body, random) => {
    const at = Math.floor(random() * body.length);
    const noise = Buffer.from(Array.from({ length: 64 }, () => Math.floor(random() * 256)));
    return Buffer.concat([body.subarray(0, at), noise, body.subarray(at)]);
  },
  replace(/\r\n/g, '\n'),
  replace(/\r\n\r\n/, '\r\n'),
  replace(/name="[^"]*"/, ''),
  replace(/name="([^"]*)"/, 'name="$1'),
  replace(/name="model"/, (random) => `name="${'x'.repeat(Math.floor(random() * 5_000))}"`),
  replace(/name="model"/, 'name="__proto__[polluted]"'),
  replace(/name="model"/, 'name="model[constructor][prototype]"'),
  replace(/name="temperature"/, 'name="temperature[a][b][c]"'),
  replace(/form-data/, 'attachment'),
  replace(/Content-Disposition: /g, 'Content-Disposition'),
  replace(/Content-Disposition/, 'Content-Type: text/plain; charset=utf-7\r\nContent-Disposition'),
  replace(/filename="[^"]*"/, 'filename="../../../../tmp/x\0"'),
  replace(/filename="[^"]*"/, "filename*=UTF-8''%FF%FE%00"),
  replace(/no-such-model/, (random) => 'm'.repeat(Math.floor(random() * 40_000))),
  replace(/--fuzz--/, '--fuzz'),
  replace(/--fuzz/g, (random) => `--${pick(['fuz', 'fuzzz', '', '--'], random)}`),
  replace(/no audio at all/, ''),
  replace(
    /--fuzz--/,
    (random) =>
      `${'--fuzz\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n'.repeat(Math.floor(random() * 300))}--fuzz--`,
  ),
  replace(
    /Content-Disposition/,
    (random) => `${'X-Y: z\r\n'.repeat(Math.floor(random() * 200))}Content-Disposition`,
  ),
];
const TYPES: readonly string[] = [
  `multipart/form-data; boundary=${BOUNDARY}`,
  `multipart/form-data; boundary="${BOUNDARY}"`,
  'multipart/form-data',
  'multipart/form-data; boundary=',
  `multipart/form-data; boundary=${'b'.repeat(300)}`,
];

/** A body of a form that something is wrong with, the same for the same numbers. */
export function malformedForm(fileField: string, random: Random): MalformedForm {
  let body: Buffer = Buffer.from(wholeForm(fileField));
  const times = 1 + Math.floor(random() * 3);
  for (let n = 0; n < times && body.length > 0; n++) body = pick(MUTATIONS, random)(body, random);
  return { contentType: random() < 0.8 ? (TYPES[0] ?? '') : pick(TYPES, random), body };
}

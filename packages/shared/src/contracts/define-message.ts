import { z } from 'zod';
import { PipelineError } from './errors.ts';

/** One kind of message: where it travels, what it says. A literal subject anywhere else is a defect. */
export interface MessageContract<Keys, Body> {
  readonly name: string;
  /** Subject filter that matches every message of this kind. */
  readonly filter: string;
  readonly schema: z.ZodType<Body>;
  readonly subject: (keys: Keys) => string;
  readonly encode: (body: Body) => Uint8Array;
  /** @throws PipelineError `invalid_message` with the zod issue as cause */
  readonly decode: (data: Uint8Array) => Body;
}

export function defineMessage<Keys, Body>(parts: {
  readonly name: string;
  readonly filter: string;
  readonly schema: z.ZodType<Body>;
  readonly subject: (keys: Keys) => string;
}): MessageContract<Keys, Body> {
  return {
    ...parts,
    encode: (body) => encodeJson(parts.schema, body),
    decode: (data) => decodeJson(parts.name, parts.schema, data),
  };
}

/** Parses before it encodes, so that nothing malformed leaves this process. */
export function encodeJson<Body>(schema: z.ZodType<Body>, body: Body): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(schema.parse(body)));
}

/** @throws PipelineError `invalid_message` when the bytes are no JSON or not of the schema */
export function decodeJson<Body>(name: string, schema: z.ZodType<Body>, data: Uint8Array): Body {
  const result = schema.safeParse(parseJson(name, data));
  if (result.success) return result.data;
  const why = z.prettifyError(result.error);
  throw new PipelineError('invalid_message', `${name} does not parse: ${why}`, { cause: result.error });
}

/** Without its cause: that would quote the bytes, which may be somebody's words. */
function parseJson(name: string, data: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(data));
  } catch {
    throw new PipelineError('invalid_message', `${name} does not parse: not JSON`);
  }
}

import type { z } from 'zod';

/** What people and programs are told of a route that takes audio; the schemas are those that it is read with. */
export interface UploadDescription {
  readonly summary: string;
  /** Where its parameters are read from. */
  readonly parametersIn: 'form' | 'query' | 'both';
  readonly parameters: z.ZodObject;
  /** Bodies by media type; JSON with its schema. */
  readonly answers: Readonly<Record<string, z.ZodType>>;
}

export interface ReadDescription {
  readonly summary: string;
  readonly answer: z.ZodType;
}

import type { z } from 'zod';
import type { PipelineError } from '@whisper/shared/contracts/errors';
import type { Transcript } from '@whisper/shared/contracts/transcript';
import type { Rendered } from '@whisper/speech/formats/render-transcript';
import type { SseMessage } from '../http/sse.ts';
import type { KnownModels, TranscriptionRequest } from '../submission/parse-request.ts';
import type { TextSegment } from '../submission/stream-text.ts';
import type { ReadDescription, UploadDescription } from './route-description.ts';

/**
 * One way of speaking HTTP, as a thin translation onto the one job: read a request, tell an answer, tell an error.
 * Nothing of a dialect is known further in: `submission/` sees our own request and gives our own transcript.
 */
export interface Dialect {
  /** For people. */
  readonly name: string;
  /** Whether what happens on this path is told in this dialect, errors too. */
  readonly owns: (path: string) => boolean;
  readonly uploads: readonly UploadRoute[];
  readonly reads: readonly ReadRoute[];
  readonly renderError: (error: PipelineError) => RenderedError;
  /** The bodies that `renderError` makes. */
  readonly errorSchema: z.ZodType;
}

/** A `POST` that takes audio and answers with its transcript. */
export interface UploadRoute {
  readonly path: string;
  readonly describe: UploadDescription;
  /** The form's part that holds the audio. */
  readonly fileField: string;
  /** Whether nobody waits here for the transcript: the answer is the job that will bring it. */
  readonly answersWithJob?: boolean;
  /**
   * Read before the body comes, with no fields, so that a wrong query is refused at once; then with them.
   * @throws PipelineError what is wrong with the request, with its field
   */
  readonly parse: (given: Given, models: KnownModels) => Asked;
}

/** A `GET` that tells of the models. */
export interface ReadRoute {
  readonly path: string;
  readonly describe: ReadDescription;
  /** @throws PipelineError `not_found`, `unknown_model` */
  readonly respond: (parameters: Readonly<Record<string, string>>, models: KnownModels) => object;
}

/** What a request says beside its file, as it came; repeated names and `name[]` are arrays. */
export interface Given {
  readonly query: Readonly<Record<string, unknown>>;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A request, understood: what is to be done, and how it is to be answered. */
export interface Asked {
  readonly request: TranscriptionRequest;
  readonly answer: WholeAnswer | StreamedAnswer;
  /** Goes before the file's bytes where they are bare samples, so that what is stored is a recording like any other. */
  readonly audioHeader?: Buffer;
}

/** The transcript in one piece. */
export interface WholeAnswer {
  readonly kind: 'whole';
  /** White space may come before JSON while it is waited for. */
  readonly isJson: boolean;
  readonly render: (transcript: Transcript) => Rendered;
  readonly headers?: (upload: UploadName) => Readonly<Record<string, string>>;
}

/** What the client calls its file; told back to it, and neither stored nor logged. */
export interface UploadName {
  readonly fileName: string;
}

/** The text as it grows, in server-sent events. */
export interface StreamedAnswer {
  readonly kind: 'stream';
  readonly delta: (text: string) => SseMessage;
  /** After the text of each, where they are asked for. */
  readonly segment?: (segment: TextSegment) => SseMessage;
  readonly done: (transcript: Transcript) => SseMessage;
  /** What fails after the first delta. */
  readonly error: (error: PipelineError) => SseMessage;
}

export interface RenderedError {
  readonly status: number;
  /** An object goes out as JSON, a string as plain text. */
  readonly body: object | string;
}

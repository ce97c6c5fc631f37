import { cancelledError, PipelineError, toPipelineError } from '@whisper/shared/contracts/errors';
import { loadModel } from '@whisper/speech/model/load-model';
import type { SpeechModel } from '@whisper/speech/model/speech-model';
import { decodeAudio } from './decode-audio.ts';
import { engineRequestSchema, failedReply, type EngineReply, type EngineRequest } from './protocol.ts';

/** The engine process: one model, one request at a time. Its parent ends it; a terminal's Ctrl-C does not. */
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);
process.on('disconnect', () => process.exit(0));
process.on('message', (message) => {
  const request = engineRequestSchema.parse(message);
  if (request.kind === 'cancel') running?.abort(cancelledError());
  else void answer(request);
});

/** Sent whenever the decoder lets the event loop turn, so a hang inside a native call sends none. */
const HEARTBEAT_MS = 5_000;

type Work = Exclude<EngineRequest, { kind: 'cancel' }>;

let model: SpeechModel | undefined;
/** What is being transcribed now, to be stopped. */
let running: AbortController | undefined;

async function answer(request: Work): Promise<void> {
  const heartbeat = setInterval(() => {
    send({ kind: 'alive' });
  }, HEARTBEAT_MS);
  try {
    send(request.kind === 'load' ? await load(request) : await transcribe(request));
  } catch (error) {
    send(failedReply(toPipelineError(error)));
  } finally {
    clearInterval(heartbeat);
  }
}

async function load(request: Extract<EngineRequest, { kind: 'load' }>): Promise<EngineReply> {
  model = await loadModel(request.directory, request);
  return { kind: 'ready', identity: model.identity };
}

async function transcribe(request: Extract<EngineRequest, { kind: 'transcribe' }>): Promise<EngineReply> {
  if (!model) throw new PipelineError('engine_failed', 'no model is loaded');
  running = new AbortController();
  const { signal } = running;
  try {
    const transcript = await model.transcribe(decodeAudio(request, signal), request.options, {
      signal,
      onProgress: (processedSeconds, totalSeconds) => {
        send({ kind: 'progress', processedSeconds, totalSeconds });
      },
      onSegment: (segment) => {
        send({ kind: 'segment', segment });
      },
    });
    return { kind: 'done', transcript };
  } finally {
    running = undefined;
  }
}

function send(reply: EngineReply): void {
  process.send?.(reply);
}

import { PipelineError, toPipelineError } from '@whisper/shared/contracts/errors';
import { loadModel } from '@whisper/speech/model/load-model';
import type { SpeechModel } from '@whisper/speech/model/speech-model';
import { decodeAudio } from './decode-audio.ts';
import { engineRequestSchema, failedReply, type EngineReply, type EngineRequest } from './protocol.ts';

/** The engine process: one model, one request at a time. Its parent ends it; a terminal's Ctrl-C does not. */
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);
process.on('disconnect', () => process.exit(0));
process.on('message', (message) => {
  void answer(engineRequestSchema.parse(message));
});

/** Sent whenever the decoder lets the event loop turn, so a hang inside a native call sends none. */
const HEARTBEAT_MS = 5_000;

let model: SpeechModel | undefined;

async function answer(request: EngineRequest): Promise<void> {
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
  const transcript = await model.transcribe(decodeAudio(request), request.options, {
    onProgress: (processedSeconds) => {
      send({ kind: 'progress', processedSeconds });
    },
    onSegment: (segment) => {
      send({ kind: 'segment', segment });
    },
  });
  return { kind: 'done', transcript };
}

function send(reply: EngineReply): void {
  process.send?.(reply);
}

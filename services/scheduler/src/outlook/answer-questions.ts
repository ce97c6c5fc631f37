import type { Msg, Subscription } from '@nats-io/transport-node';
import type { Bus } from '@whisper/shared/bus/connect';
import { decodeJson, encodeJson } from '@whisper/shared/contracts/define-message';
import {
  BOARD_SUBJECT,
  boardSchema,
  POSITION_SUBJECT,
  positionAnswerSchema,
  positionQuestionSchema,
  type Board,
  type Place,
} from '@whisper/shared/contracts/scheduler-questions';
import type { Logger } from '@whisper/shared/kit/logger';

export interface AnswerQuestions {
  readonly bus: Bus;
  readonly log: Logger;
  readonly placeOf: (jobId: string) => Place | undefined;
  readonly board: () => Board;
}

/** Answers who asks for a job's place or for the board, while this scheduler leads. */
export function answerQuestions({ bus, log, placeOf, board }: AnswerQuestions): AsyncDisposable {
  const listen = (subject: string, answer: (message: Msg) => Uint8Array): Subscription =>
    bus.connection.subscribe(subject, {
      callback: (error, message) => {
        if (error) return;
        try {
          message.respond(answer(message));
        } catch (err) {
          log.warn({ err, subject }, 'question not answered');
        }
      },
    });
  const subscriptions = [
    listen(POSITION_SUBJECT, ({ data }) => {
      const { jobId } = decodeJson('position-question', positionQuestionSchema, data);
      const place = placeOf(jobId);
      return encodeJson(positionAnswerSchema, { version: 1, ...(place && { place }) });
    }),
    listen(BOARD_SUBJECT, () => encodeJson(boardSchema, board())),
  ];
  return {
    [Symbol.asyncDispose]: async () => {
      await Promise.all(subscriptions.map((each) => each.drain().catch(() => undefined))); // the connection may be gone
    },
  };
}

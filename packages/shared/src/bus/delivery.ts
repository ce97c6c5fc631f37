import type { Msg, NatsConnection } from '@nats-io/transport-node';

const encoder = new TextEncoder();
/** Tokens of an ack subject up to the delivery count: `$JS.ACK.<stream>.<consumer>.<count>…`, and with domain and account. */
const COUNT_TOKEN_V1 = 4;
const COUNT_TOKEN_V2 = 6;
const TOKENS_V1 = 9;

/** One message handed out by a pull consumer, and the ways to settle it. */
export interface Delivery {
  readonly subject: string;
  readonly data: Uint8Array;
  /** 1 for the first delivery. */
  readonly deliveryCount: number;
  /** The message's sequence in its stream. */
  readonly streamSequence: number;
  /** Settled for good; waits for the server's word. */
  readonly ack: () => Promise<void>;
  /** Hands it back, to be delivered again after the delay. */
  readonly nak: (delayMs?: number) => void;
  /** Still at it: starts the ack wait anew. */
  readonly working: () => void;
}

export function isDelivery(message: Msg): boolean {
  return message.reply?.startsWith('$JS.ACK.') ?? false;
}

export function toDelivery(connection: NatsConnection, message: Msg): Delivery {
  const reply = message.reply ?? '';
  const tokens = reply.split('.');
  const countToken = tokens.length > TOKENS_V1 ? COUNT_TOKEN_V2 : COUNT_TOKEN_V1;
  const settle = (verdict: string): void => {
    connection.publish(reply, encoder.encode(verdict));
  };
  return {
    subject: message.subject,
    data: message.data,
    deliveryCount: Number(tokens[countToken]),
    streamSequence: Number(tokens[countToken + 1]),
    ack: async () => {
      await connection.request(reply, encoder.encode('+ACK'), { timeout: 5_000 });
    },
    nak: (delayMs = 0) => {
      settle(delayMs > 0 ? `-NAK {"delay":${Math.round(delayMs * 1e6)}}` : '-NAK');
    },
    working: () => {
      settle('+WPI');
    },
  };
}

import OpenAI from 'openai';
import { Webhook } from 'standardwebhooks';
import * as assert from 'uvu/assert';
import { newSecret, signatureHeaders } from '@whisper/ingest/webhooks/sign-webhook';
import { suite } from '../../helpers/suite.ts';

const body = JSON.stringify({ id: 'wh_1', object: 'event', data: { text: 'vier neun zwei – 七' } });
const seconds = Math.floor(Date.now() / 1000);
const openai = new OpenAI({ apiKey: 'none' });
const refused = async (work: () => unknown): Promise<boolean> => {
  try {
    await work();
    return false;
  } catch {
    return true;
  }
};

suite('signatures of webhooks', {}, (test) => {
  test("the specification's own example", () => {
    const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
    const signed = {
      id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      timestampSeconds: 1614265330,
      body: '{"test": 2432232314}',
    };
    assert.equal(signatureHeaders(signed, [secret]), {
      'webhook-id': signed.id,
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });

  test('standardwebhooks and openai verify it, with either secret of a rotation, and no other', async () => {
    const [older, newer] = [newSecret(), newSecret()];
    const headers = signatureHeaders({ id: 'wh_1', timestampSeconds: seconds, body }, [newer, older]);
    for (const secret of [older, newer]) {
      assert.equal(new Webhook(secret).verify(body, { ...headers }), JSON.parse(body));
      assert.equal(await openai.webhooks.unwrap(body, headers, secret), JSON.parse(body));
    }
    const stranger = newSecret();
    assert.ok(await refused(() => new Webhook(stranger).verify(body, { ...headers })));
    assert.ok(await refused(() => openai.webhooks.unwrap(body, headers, stranger)));
    assert.ok(await refused(() => openai.webhooks.unwrap(`${body} `, headers, newer)));
    assert.ok(await refused(() => openai.webhooks.unwrap(body, { ...headers, 'webhook-id': 'wh_2' }, newer)));
  });
});

import * as assert from 'uvu/assert';
import { chooseWebhook } from '@whisper/ingest/webhooks/choose-webhook';
import { createAddressGuard } from '@whisper/shared/outbound/address-guard';
import { allowListSchema } from '@whisper/shared/outbound/allow-list';
import { pipelineFailure } from '../../helpers/pipeline-failure.ts';
import { suite } from '../../helpers/suite.ts';

const guard = createAddressGuard(allowListSchema.parse('127.0.0.1'), () =>
  Promise.reject(new Error('no DNS')),
);
const own = { tenant: 'acme', key: { webhook: { url: 'https://acme.example/hook' } } };

suite('who is told of a job', {}, (test) => {
  test('whom the request names, else whom its key does, else whom the settings do', async () => {
    const defaultUrl = 'https://operator.example/hook';
    const asked = { url: 'http://127.0.0.1:81', withText: true };
    assert.equal(await chooseWebhook({ guard, defaultUrl }, own, asked), {
      ...{ url: 'http://127.0.0.1:81/', withText: true, tenant: 'acme', isAsked: true },
    });
    assert.equal(await chooseWebhook({ guard, defaultUrl }, own, undefined), {
      ...{ url: own.key.webhook.url, withText: false, tenant: 'acme', isAsked: false },
    });
    assert.equal(await chooseWebhook({ guard, defaultUrl }, { tenant: 'acme', key: {} }, undefined), {
      ...{ url: defaultUrl, withText: false, tenant: 'default', isAsked: false },
    });
    assert.is(await chooseWebhook({ guard }, { tenant: 'acme' }, undefined), undefined);
  });

  test('a host that is not known now may be later; what is private is refused', async () => {
    const later = await chooseWebhook({ guard }, own, { url: 'https://later.example', withText: false });
    assert.is(later?.url, 'https://later.example/');
    const refused = await pipelineFailure(
      chooseWebhook({ guard }, own, { url: 'http://10.0.0.1/', withText: false }),
    );
    assert.equal([refused.code, refused.field], ['url_refused', 'webhook_url']);
  });
});

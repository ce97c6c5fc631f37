import type { LookupAddress } from 'node:dns';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import * as assert from 'uvu/assert';
import { createAddressGuard } from '@whisper/shared/outbound/address-guard';
import { allowListSchema } from '@whisper/shared/outbound/allow-list';
import { getFollowing } from '@whisper/shared/outbound/follow-redirects';
import { guardedRequest } from '@whisper/shared/outbound/guarded-request';
import { pipelineFailure } from '../../helpers/pipeline-failure.ts';
import { suite } from '../../helpers/suite.ts';

/** Answers a name with one address after the other, as a rebinding DNS server does. */
function rebinding(...answers: readonly string[]): {
  resolve: () => Promise<LookupAddress[]>;
  asked: () => number;
} {
  let asked = 0;
  return {
    asked: () => asked,
    resolve: () => {
      const address = answers[Math.min(asked++, answers.length - 1)] ?? '';
      return Promise.resolve([{ address, family: 4 }]);
    },
  };
}

interface Stage {
  server: http.Server;
  port: number;
  seen: string[];
}
const signal = AbortSignal.timeout(20_000);

suite('requests that strangers ask for', {} as Stage, (test) => {
  test.before(async (stage) => {
    stage.seen = [];
    stage.server = http.createServer((request, response) => {
      stage.seen.push(`${request.headers.host ?? ''}${request.url ?? ''}`);
      const to = /^\/to\?(.*)/.exec(request.url ?? '')?.[1];
      if (to !== undefined) response.writeHead(302, { location: decodeURIComponent(to) });
      response.end(request.headers.authorization ?? 'nobody');
    });
    stage.server.listen(0, '127.0.0.1');
    await once(stage.server, 'listening');
    stage.port = (stage.server.address() as AddressInfo).port;
  });
  test.after(({ server }) => {
    server.close();
    server.closeAllConnections();
  });

  test('the name is asked for once, and the connection goes to the address that was checked', async (stage) => {
    const dns = rebinding('127.0.0.1', '127.0.0.2');
    const guard = createAddressGuard(allowListSchema.parse('127.0.0.1'), dns.resolve);
    const url = `http://me:pass@rebind.example:${stage.port}/x`;
    const response = await guardedRequest(guard, url, { method: 'GET', signal });
    assert.is(response.statusCode, 200);
    assert.is(await text(response), `Basic ${Buffer.from('me:pass').toString('base64')}`);
    assert.is(dns.asked(), 1);
    assert.equal(stage.seen.splice(0), [`rebind.example:${stage.port}/x`]);
  });

  test('a name that turns to a private address between two requests is refused', async (stage) => {
    const dns = rebinding('127.0.0.1', '169.254.169.254', '127.0.0.2');
    const guard = createAddressGuard(allowListSchema.parse('127.0.0.1'), dns.resolve);
    const get = async (): Promise<unknown> =>
      guardedRequest(guard, `http://rebind.example:${stage.port}/`, { method: 'GET', signal });
    await get();
    assert.is((await pipelineFailure(get())).code, 'url_refused');
    assert.is((await pipelineFailure(get())).code, 'url_refused');
    assert.is(stage.seen.splice(0).length, 1);
  });

  test('redirects are followed a few times, each checked anew, without the password', async (stage) => {
    const guard = createAddressGuard(allowListSchema.parse('127.0.0.1'));
    const at = (path: string): string => `http://127.0.0.1:${stage.port}${path}`;
    const via = (...urls: string[]): string =>
      urls.reduceRight((to, from) => `${from}/to?${encodeURIComponent(to)}`, at('/end'));
    const secret = at('').replace('//', '//me:pass@');
    assert.is(await text(await getFollowing(guard, via(secret, at('')), {}, signal)), 'nobody');
    const loop = Array.from({ length: 6 }, () => at(''));
    const refusals = [
      [at(`/to?${encodeURIComponent('http://169.254.169.254/latest')}`), 'url_refused'],
      [at(`/to?${encodeURIComponent('http://127.0.0.2/')}`), 'url_refused'],
      [at(`/to?${encodeURIComponent('file:///etc/passwd')}`), 'url_refused'],
      [at(`/to?${encodeURIComponent('http://:x:/')}`), 'url_refused'],
      [via(...loop), 'url_unreachable'],
    ] as const;
    for (const [url, code] of refusals) {
      assert.is((await pipelineFailure(getFollowing(guard, url, {}, signal))).code, code, url);
    }
  });

  test('who does not listen is unreachable, and the address is not told', async () => {
    const guard = createAddressGuard(allowListSchema.parse('127.0.0.1'));
    const failure = await pipelineFailure(
      guardedRequest(guard, 'http://127.0.0.1:9/secret', { method: 'GET', signal }),
    );
    assert.is(failure.code, 'url_unreachable');
    assert.not.match(failure.message, /127|secret/);
    assert.is(failure.cause, undefined);
  });
});

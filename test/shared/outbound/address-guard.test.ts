import type { LookupAddress } from 'node:dns';
import * as assert from 'uvu/assert';
import { createAddressGuard, type AddressGuard } from '@whisper/shared/outbound/address-guard';
import { allowListSchema } from '@whisper/shared/outbound/allow-list';
import { pipelineFailure } from '../../helpers/pipeline-failure.ts';
import { suite } from '../../helpers/suite.ts';

const NAMES: Readonly<Record<string, readonly string[]>> = {
  'public.example': ['93.184.216.34', '2606:2800:220:1::1'],
  'private.example': ['10.1.2.3'],
  'half.example': ['93.184.216.34', '127.0.0.1'],
  'mapped.example': ['::ffff:127.0.0.1'],
  'scoped.example': ['fe80::1%lo'],
  '127.0.0.1.nip.example': ['127.0.0.1'],
  'metadata.example': ['169.254.169.254'],
  localhost: ['127.0.0.1', '::1'],
};
const byTable = (host: string): Promise<readonly LookupAddress[]> => {
  const found = NAMES[host];
  if (!found) return Promise.reject(Object.assign(new Error('who?'), { code: 'ENOTFOUND' }));
  return Promise.resolve(found.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })));
};
const guardWith = (allowed: string): AddressGuard =>
  createAddressGuard(allowListSchema.parse(allowed), byTable);

const REFUSED = [
  'http://127.0.0.1/',
  'http://127.1/',
  'http://2130706433/',
  'http://0x7f000001/',
  'http://0177.0.0.1/',
  'http://１２７.０.０.１/',
  'http://0/',
  'http://0.1.2.3/',
  'http://10.0.0.1:8080/',
  'http://100.64.0.1/',
  'http://100.100.100.200/latest/meta-data',
  'http://168.63.129.16/',
  'http://169.254.169.254/latest/meta-data/',
  'http://169.254.170.2/v2/credentials',
  'http://172.16.0.1/',
  'http://172.31.255.255/',
  'http://192.0.0.192/',
  'http://192.168.1.1/',
  'http://198.18.0.1/',
  'http://224.0.0.1/',
  'http://255.255.255.255/',
  'http://[::]/',
  'http://[::1]/',
  'http://[::127.0.0.1]/',
  'http://[::ffff:127.0.0.1]/',
  'http://[::ffff:a9fe:a9fe]/',
  'http://[64:ff9b::7f00:1]/',
  'http://[64:ff9b:1::a00:1]/',
  'http://[2001:0:7f00:1::]/',
  'http://[2002:7f00:1::]/',
  'http://[fc00::1]/',
  'http://[fd00:ec2::254]/',
  'http://[fe80::1]/',
  'http://[fec0::1]/',
  'http://[ff02::1]/',
  'http://user:secret@127.0.0.1/',
  'http://localhost/',
  'http://LOCALHOST:4222/',
  'http://private.example/',
  'http://half.example/',
  'http://mapped.example/',
  'http://scoped.example/',
  'http://127.0.0.1.nip.example/',
  'https://metadata.example/',
  'file:///etc/passwd',
  'gopher://public.example/',
  'ftp://public.example/',
  'data:text/plain,hello',
  'javascript:alert(1)',
  'http://',
  'public.example',
  '',
  `http://public.example/${'x'.repeat(3_000)}`,
];
const TAKEN = [
  'http://public.example/',
  'https://user:secret@public.example:8443/hook?a=b',
  'http://93.184.216.34/',
  'http://[2606:2800:220:1::1]/',
  'http://172.32.0.1/',
  'http://100.128.0.1/',
  'http://192.169.0.1/',
];

suite('addresses that strangers name', {}, (test) => {
  test(`${REFUSED.length} that lead anywhere but to the public internet are refused`, async () => {
    for (const url of REFUSED) {
      const failure = await pipelineFailure(guardWith('').check(url));
      assert.is(failure.code, 'url_refused', url);
      assert.not.match(failure.message, /secret|127|example/);
    }
  });

  test('public ones pass, with all their addresses', async () => {
    for (const url of TAKEN) assert.ok((await guardWith('').check(url)).addresses.length > 0, url);
    const { addresses } = await guardWith('').check('http://public.example/');
    assert.equal(
      addresses.map(({ address }) => address),
      NAMES['public.example'],
    );
  });

  test('a name that nobody knows is unreachable, not refused', async () => {
    assert.is((await pipelineFailure(guardWith('').check('http://nobody.example/'))).code, 'url_unreachable');
  });

  test('what the operator allows passes: a network, an address, a host by name; nothing beside it', async () => {
    const guard = guardWith('10.1.0.0/16, [::1], 127.0.0.1,scoped.example');
    for (const url of ['http://private.example/', 'http://[::1]:81/', 'http://localhost/', 'http://127.1/']) {
      assert.ok(await guard.check(url), url);
    }
    assert.ok(await guard.check('http://scoped.example/'));
    for (const url of ['http://10.2.0.1/', 'http://127.0.0.2/', 'http://metadata.example/']) {
      assert.is((await pipelineFailure(guard.check(url))).code, 'url_refused', url);
    }
  });

  test('a list of allowed ones that makes no sense is no list', () => {
    for (const text of ['10.0.0.0/33', '1.2.3.4/8/9', 'http://host', 'a b', '::/129', '*.example']) {
      assert.not.ok(allowListSchema.safeParse(text).success, text);
    }
  });
});

// Receives webhooks, checks who sent them, and prints each once, however often it comes.
//   WEBHOOK_SECRET=whsec_… node --import tsx docs/examples/receive-webhooks.ts [port]
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { text } from 'node:stream/consumers';

const TOLERANCE_SECONDS = 300;
const key = Buffer.from((process.env['WEBHOOK_SECRET'] ?? '').replace(/^whsec_/, ''), 'base64');
const seen = new Set<string>(); // in a database, where it matters

/** By the Standard Webhooks specification. `client.webhooks.unwrap` of OpenAI's package does the same. */
function isGenuine(headers: IncomingHttpHeaders, body: string): boolean {
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures } = headers;
  const ageSeconds = Math.abs(Date.now() / 1000 - Number(timestamp));
  if (!(ageSeconds <= TOLERANCE_SECONDS)) return false; // an old one, sent again by somebody else
  const expected = createHmac('sha256', key)
    .update(`${String(id)}.${String(timestamp)}.${body}`)
    .digest();
  return String(signatures)
    .split(' ')
    .filter((signature) => signature.startsWith('v1,'))
    .map((signature) => Buffer.from(signature.slice(3), 'base64'))
    .some((given) => given.length === expected.length && timingSafeEqual(given, expected));
}

const server = createServer((request, response) => {
  void text(request).then((body) => {
    if (!isGenuine(request.headers, body)) return response.writeHead(401).end();
    const id = String(request.headers['webhook-id']);
    if (!seen.has(id)) process.stdout.write(`${body}\n`);
    seen.add(id);
    return response.writeHead(204).end(); // anything else, and it comes again
  });
});
server.listen(Number(process.argv[2] ?? 9000), '127.0.0.1');

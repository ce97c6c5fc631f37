import { createCipheriv, pbkdf2Sync, randomBytes } from 'node:crypto';

/** `madmin.EncryptData` as MinIO reads it: salt, kind of cipher, nonce, then fragments of DARE (secure-io/sio-go). */
const PBKDF2_AES_GCM = 2;
const ROUNDS = 8_192;
const CIPHER = 'aes-256-gcm';
/** Ours are shorter: what we send is one fragment, the last. */
const MAX_FRAGMENT_BYTES = 16_384;
const LAST_FRAGMENT = 0x80;

/** Encrypts what MinIO's admin API takes in no other form, with the caller's secret key. */
export function seal(secretKey: string, data: Uint8Array): Buffer {
  if (data.length > MAX_FRAGMENT_BYTES) throw new Error(`more than ${MAX_FRAGMENT_BYTES} bytes to seal`);
  const salt = randomBytes(32);
  const nonce = randomBytes(8);
  const key = pbkdf2Sync(secretKey, salt, ROUNDS, 32, 'sha256');
  const empty = encrypt(key, fragmentNonce(nonce, 0), undefined, new Uint8Array());
  const headed = Buffer.concat([Buffer.of(LAST_FRAGMENT), empty]);
  const fragment = encrypt(key, fragmentNonce(nonce, 1), headed, data);
  return Buffer.concat([salt, Buffer.of(PBKDF2_AES_GCM), nonce, fragment]);
}

function fragmentNonce(nonce: Uint8Array, number: number): Buffer {
  const counter = Buffer.alloc(4);
  counter.writeUInt32LE(number);
  return Buffer.concat([nonce, counter]);
}

/** @returns the cipher text and its tag */
function encrypt(key: Buffer, nonce: Buffer, associated: Buffer | undefined, data: Uint8Array): Buffer {
  const cipher = createCipheriv(CIPHER, key, nonce);
  if (associated) cipher.setAAD(associated);
  return Buffer.concat([cipher.update(data), cipher.final(), cipher.getAuthTag()]);
}

// covers: crypto.getRandomValues crypto.randomUUID crypto.subtle
import { show } from './lib/show.js';
export { handleSummary } from './lib/summary.js';

const hex = (buffer) => Array.from(new Uint8Array(buffer)).map((byte) => byte.toString(16).padStart(2, '0')).join('');

async function refused(name, action) {
  try {
    await action();
    console.log(`${name} went on`);
  } catch (error) {
    console.log(`${name} was refused: ${error.message}`);
  }
}

async function keys(bytes) {
  const { subtle } = crypto;
  const both = ['encrypt', 'decrypt'];
  for (const [name, length] of [['AES-CBC', 128], ['aes-ctr', 192], ['AES-GCM', '256']]) {
    const made = await subtle.generateKey({ name, length }, true, both);
    const written = await subtle.exportKey('jwk', made);
    show(name, [made.type, made.extractable, made.algorithm.name, made.algorithm.length, made.usages, written.alg, written.kty, written.ext, written.key_ops, written.k.length]);
    const again = await subtle.importKey('jwk', written, name, true, both);
    show('the same', hex(await subtle.exportKey('raw', made)) === hex(await subtle.exportKey('raw', again)));
    const iv = new Uint8Array(name === 'AES-GCM' ? 12 : 16);
    const way = { name, iv, counter: iv, length: 64, additionalData: bytes, tagLength: 96 };
    const sealed = await subtle.encrypt(way, made, bytes);
    show('back', [hex(await subtle.decrypt(way, again, sealed)) === hex(bytes), sealed.byteLength]);
  }
  const fixed = await subtle.importKey('raw', new Uint8Array(16), 'AES-CBC', false, ['encrypt']);
  show('zeros', hex(await subtle.encrypt({ name: 'AES-CBC', iv: new Uint8Array(16) }, fixed, bytes)));
  for (const hash of ['SHA-1', 'SHA-256', { name: 'SHA-384' }, 'SHA-512']) {
    const made = await subtle.generateKey({ name: 'HMAC', hash }, true, ['sign', 'verify']);
    show('hmac key', [made.algorithm.hash.name, made.algorithm.length, (await subtle.exportKey('jwk', made)).alg]);
  }
  const own = await subtle.importKey('jwk', { kty: 'oct', k: 'AAECAw', alg: 'HS256' }, { name: 'HMAC', hash: 'SHA-256' }, true, ['sign']);
  show('jwk', hex(await subtle.sign('HMAC', own, bytes)));
  await refused('a key of 15 bytes', () => subtle.importKey('raw', new Uint8Array(15), 'AES-CBC', true, both));
  await refused('a key of 100 bits', () => subtle.generateKey({ name: 'AES-CBC', length: 100 }, true, both));
  await refused('a usage', () => subtle.generateKey({ name: 'AES-CBC', length: 128 }, true, ['sign']));
  await refused('no usage', () => subtle.importKey('raw', new Uint8Array(16), 'AES-CBC', true, []));
  await refused('an algorithm', () => subtle.importKey('raw', new Uint8Array(16), 'ROT13', true, both));
  await refused('no hash', () => subtle.generateKey('HMAC', true, ['sign']));
  await refused('a secret', () => subtle.exportKey('raw', fixed));
  await refused('a vector', () => subtle.encrypt({ name: 'AES-CBC', iv: bytes }, fixed, bytes));
  await refused('a kind of key', () => subtle.importKey('jwk', { kty: 'RSA' }, 'AES-CBC', true, both));
  await refused('a text', () => subtle.importKey('raw', 'text', 'AES-CBC', true, both));
  await refused('a hash', () => subtle.digest('MD5', bytes));
}

export default async function () {
  show('random', [crypto.getRandomValues(new Uint8Array(4)).length, /^[0-9a-f-]{36}$/.test(crypto.randomUUID())]);
  const bytes = new Uint8Array([104, 101, 108, 108, 111]);
  for (const name of ['SHA-1', 'SHA-256', 'SHA-384', 'SHA-512']) show(name, hex(await crypto.subtle.digest(name, bytes)));
  const key = await crypto.subtle.importKey('raw', new Uint8Array(16), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify']);
  const signed = await crypto.subtle.sign('HMAC', key, bytes);
  await keys(bytes);
  show('hmac', [hex(signed), await crypto.subtle.verify('HMAC', key, signed, bytes)]);
}

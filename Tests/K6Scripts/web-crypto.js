// covers: crypto.getRandomValues crypto.randomUUID crypto.subtle
import { show } from './lib/show.js';
export { handleSummary } from './lib/summary.js';

const hex = (buffer) => Array.from(new Uint8Array(buffer)).map((byte) => byte.toString(16).padStart(2, '0')).join('');

export default async function () {
  show('random', [crypto.getRandomValues(new Uint8Array(4)).length, /^[0-9a-f-]{36}$/.test(crypto.randomUUID())]);
  const bytes = new Uint8Array([104, 101, 108, 108, 111]);
  for (const name of ['SHA-1', 'SHA-256', 'SHA-384', 'SHA-512']) show(name, hex(await crypto.subtle.digest(name, bytes)));
  const key = await crypto.subtle.importKey('raw', new Uint8Array(16), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify']);
  const signed = await crypto.subtle.sign('HMAC', key, bytes);
  show('hmac', [hex(signed), await crypto.subtle.verify('HMAC', key, signed, bytes)]);
}

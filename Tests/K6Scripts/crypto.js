// covers: crypto.md4 crypto.md5 crypto.sha1 crypto.sha256 crypto.sha384 crypto.sha512 crypto.sha512_224 crypto.sha512_256 crypto.ripemd160 crypto.hmac crypto.createHash crypto.createHMAC crypto.randomBytes
import crypto, { createHash, createHMAC, hmac, randomBytes } from 'k6/crypto';
import { show, throwsAny } from './lib/show.js';
export { handleSummary } from './lib/summary.js';

const names = ['md4', 'md5', 'sha1', 'sha256', 'sha384', 'sha512', 'sha512_224', 'sha512_256', 'ripemd160'];

export default function () {
  for (const name of names) {
    show(name, [crypto[name]('hello', 'hex'), crypto[name](new Uint8Array([1, 2, 3]).buffer, 'base64')]);
    show(`hmac ${name}`, hmac(name, 'a key', 'some data', 'hex'));
    const hasher = createHash(name);
    hasher.update('hel');
    hasher.update('lo');
    show(`in pieces ${name}`, [hasher.digest('hex') === crypto[name]('hello', 'hex'), hasher.digest('base64url'), hasher.digest('base64rawurl')]);
  }
  show('binary', crypto.md5('x', 'binary'));
  const keyed = createHMAC('sha256', new Uint8Array([107, 101, 121]));
  keyed.update('data');
  show('createHMAC', keyed.digest('hex'));
  show('long key', hmac('sha1', 'k'.repeat(200), 'data', 'base64'));
  show('empty', [crypto.sha1('', 'hex'), crypto.md5('ü', 'hex')]);
  show('random', [randomBytes(8).byteLength]);
  throwsAny('none', () => randomBytes(-1));
  throwsAny('unknown output', () => crypto.md5('x', 'decimal'));
  throwsAny('a number', () => crypto.md5(5, 'hex'));
}

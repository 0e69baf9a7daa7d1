// covers: encoding.b64encode encoding.b64decode
import encoding from 'k6/encoding';
import { b64encode } from 'k6/encoding';
import { show, attempt, throwsAny } from './lib/show.js';
export { handleSummary } from './lib/summary.js';

export default function () {
  for (const kind of [undefined, 'std', 'rawstd', 'url', 'rawurl']) {
    const packed = encoding.b64encode('hello? wörld>~~', kind);
    show(`${kind}`, [packed, encoding.b64decode(packed, kind, 's')]);
    show(`${kind} bytes`, encoding.b64decode(packed, kind));
  }
  show('buffer', b64encode(new Uint8Array([0, 250, 251, 252]).buffer));
  show('view', b64encode(new Uint8Array([1, 2, 3])));
  show('empty', [encoding.b64encode(''), encoding.b64decode('', 'std', 's')]);
  throwsAny('not base64', () => encoding.b64decode('***'));
  attempt('number', () => encoding.b64encode('5'));
  attempt('unknown kind', () => encoding.b64encode('a', 'nonsense'));
}

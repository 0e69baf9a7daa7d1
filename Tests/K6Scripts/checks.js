// flags: --iterations 3
// covers: k6.check k6.fail
import { check, fail, group } from 'k6';
import { show, attempt } from './lib/show.js';
export { handleSummary } from './lib/summary.js';

export const options = { thresholds: { checks: ['rate>0.5'], 'checks{kind:own}': ['rate==1'], 'checks{check:odd}': ['rate<0.5'] } };

export default function () {
  show('returns', check({ status: 200 }, { 'is 200': (r) => r.status === 200, 'has status': (r) => 'status' in r }));
  show('one fails', check(5, { 'is 5': (v) => v === 5, 'is 6': (v) => v === 6 }));
  show('with tags', check(null, { tagged: () => true }, { kind: 'own', n: 1 }));
  show('truthy', check('x', { 'a text': (v) => v, 'a number': () => 1, zero: () => 0, 'an empty text': () => '', nothing: () => undefined }));
  show('values', check(1, { 'true itself': true, 'false itself': false, 'a text itself': 'yes', 'a number itself': 0 }));
  check(__ITER, { odd: (n) => n % 2 === 1 });
  group('inner', () => check(1, { 'in a group': () => true, 'is 5': () => false }));
  attempt('throws inside', () => check(1, { before: () => true, bad: () => { throw new TypeError('bad check'); }, after: () => true }));
  attempt('name with colons', () => check(1, { 'a::b': () => true }));
  attempt('nothing to check', () => check(1, {}));
  attempt('no checks', () => check(1));
  if (__ITER === 1) fail('given up');
  show('end', __ITER);
}

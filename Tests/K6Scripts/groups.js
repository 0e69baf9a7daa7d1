// flags: --iterations 2
// covers: k6.group
import http from 'k6/http';
import { check, group } from 'k6';
import exec from 'k6/execution';
import { show, attempt, throwsAny } from './lib/show.js';
export { handleSummary } from './lib/summary.js';

export const options = {
  thresholds: {
    'http_reqs{group:::outer::inner}': ['count==2'], 'group_duration{group:::outer}': ['max<5000'], 'checks{group:::outer}': ['rate==1'],
  },
};

export default function () {
  show('returns', group('outer', () => {
    http.get(`${__ENV.BASE}/ok`);
    check(1, { 'of outer': () => true });
    return group('inner', function () {
      show('tag', exec.vu.tags.group);
      http.get(`${__ENV.BASE}/ok`);
      check(1, { 'of inner': () => true });
      return 'from inside';
    });
  }));
  show('outside', exec.vu.tags.group);
  attempt('throws', () => group('bad', () => { throw new Error('in a group'); }));
  show('after a throw', exec.vu.tags.group);
  group('inner', () => check(1, { 'of another inner': () => true }));
  attempt('empty name', () => group('', () => 'ran'));
  attempt('colons', () => group('a::b', () => 'ran'));
  throwsAny('not a function', () => group('nothing'));
  throwsAny('async', () => group('async', async () => 1));
}

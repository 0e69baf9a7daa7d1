// exit: 99
// stdout: summary
// covers: options.thresholds
import http from 'k6/http';
import { check, group, sleep } from 'k6';
import { Counter, Trend } from 'k6/metrics';

const waited = new Trend('waited', true);
const seen = new Counter('seen');

export const options = {
  scenarios: {
    first: { executor: 'per-vu-iterations', vus: 1, iterations: 2 },
    second: { executor: 'shared-iterations', vus: 1, iterations: 2, exec: 'other' },
  },
  thresholds: { http_req_failed: ['rate<0.1', 'rate<0.6'], checks: ['rate==1'], 'waited{scenario:first}': ['max<100', 'p(95)<100'], seen: ['count>100'] },
};

export default function () {
  group('shop', () => {
    group('cart', () => check(http.get(`${__ENV.BASE}/status/500`), { 'is good': (r) => r.status === 200 }));
    check(http.get(`${__ENV.BASE}/ok`), { 'is good': (r) => r.status === 200, 'is json': (r) => r.json('ok') });
  });
  waited.add(50);
  sleep(0.6);
}

export function other() {
  seen.add(1);
  check(1, { 'of the other': () => true });
}

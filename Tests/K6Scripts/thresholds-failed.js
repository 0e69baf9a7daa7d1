// flags: --iterations 5
// exit: 99
// covers: options.thresholds
import http from 'k6/http';
import { check } from 'k6';
import { Trend } from 'k6/metrics';
export { handleSummary } from './lib/summary.js';

const size = new Trend('size');

export const options = {
  thresholds: {
    http_req_failed: ['rate<0.1'], http_reqs: ['count>=5', 'count>5', 'count<=5', 'count===5', 'count!=5', 'count==5'], checks: ['rate>=0.8'],
    size: [{ threshold: 'p(50)<3' }, { threshold: 'avg<=2', abortOnFail: false }], 'http_reqs{status:200}': ['count==4'], 'http_reqs{nothing:here}': ['count==0'],
    'size{nothing:here}': ['avg<1'], 'checks{nothing:here}': ['rate>0.9'],
  },
};

export default function () {
  const answer = http.get(`${__ENV.BASE}/status/${__ITER === 2 ? 500 : 200}`);
  check(answer, { good: (r) => r.status === 200 });
  size.add(__ITER);
}

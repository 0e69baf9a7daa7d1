// order: any
// near: 20%
// covers: options.stages options.vus
import http from 'k6/http';
import { check, sleep } from 'k6';
export { handleSummary } from './lib/summary.js';

export const options = {
  vus: 2, stages: [{ duration: '500ms', target: 6 }, { duration: '1s', target: 6 }, { duration: '500ms', target: 0 }],
  thresholds: { http_req_duration: ['p(95)<5000', 'avg<3000'], http_req_failed: ['rate<0.01'] },
};

export default function () {
  check(http.get(`${__ENV.BASE}/ok`), { good: (r) => r.status === 200 });
  sleep(0.1);
}

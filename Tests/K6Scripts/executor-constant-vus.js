// order: any
// near: 15%
// covers: scenarios.constant-vus
import http from 'k6/http';
import { sleep } from 'k6';
export { handleSummary } from './lib/summary.js';

export const options = { scenarios: { steady: { executor: 'constant-vus', vus: 5, duration: '2s', gracefulStop: '1s' } } };

export default function () {
  http.get(`${__ENV.BASE}/echo/${__VU}`);
  sleep(0.19);
}

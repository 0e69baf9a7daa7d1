// flags: --vus 2 --duration 1m
// exit: 105
// interrupt: 1.5
// near: 40%
// covers: hostile
import http from 'k6/http';
import { sleep } from 'k6';
export { handleSummary } from './lib/summary.js';

export const options = { thresholds: { http_reqs: ['count>0'] } };

export default function () {
  http.get(`${__ENV.BASE}/ok`);
  sleep(0.1);
}

export function teardown() {
  console.log('teardown is run');
}

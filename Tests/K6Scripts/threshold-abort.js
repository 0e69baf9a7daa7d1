// flags: --vus 1 --duration 30s
// exit: 99
// near: 60%
// covers: options.thresholds.abortOnFail options.thresholds.delayAbortEval
import http from 'k6/http';
import { sleep } from 'k6';
import { Rate } from 'k6/metrics';
export { handleSummary } from './lib/summary.js';

const bad = new Rate('bad');

export const options = { thresholds: { bad: [{ threshold: 'rate<0.5', abortOnFail: true, delayAbortEval: '500ms' }], http_reqs: ['count>0'] } };

export function setup() {
  return 1;
}

export default function () {
  http.get(`${__ENV.BASE}/status/500`);
  bad.add(1);
  sleep(0.25);
}

export function teardown() {
  console.log('teardown is run');
}

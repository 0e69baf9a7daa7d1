// flags: --env NAME=by-flag
// order: any
// covers: setup teardown options.setupTimeout options.teardownTimeout
import http from 'k6/http';
import { check } from 'k6';
import { Counter } from 'k6/metrics';
import { shown } from './lib/show.js';
export { handleSummary } from './lib/summary.js';

const counter = new Counter('counted');

export const options = {
  scenarios: { only: { executor: 'per-vu-iterations', vus: 2, iterations: 2 } },
  setupTimeout: '20s', teardownTimeout: '20s', thresholds: { 'counted{group:::setup}': ['count==1'], http_reqs: ['count==3'] },
};

export function setup() {
  counter.add(1);
  check(http.get(`${__ENV.BASE}/echo/setup`), { 'setup is good': (r) => r.status === 200 });
  return {
    token: http.get(`${__ENV.BASE}/json`).json('token'), list: [1, { a: 'b' }], when: new Date(0), none: null, nothing: undefined,

  };
}

export default function (data) {
  console.log(`data ${shown(data)} ${__ENV.NAME}`);
  data.token = 'changed';
  counter.add(1);
}

export function teardown(data) {
  console.log(`teardown ${shown(data)} ${__VU} ${typeof __ITER}`);
  http.post(`${__ENV.BASE}/echo/teardown`, data.token);
}

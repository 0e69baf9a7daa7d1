// order: any
// covers: scenarios.maxDuration scenarios.gracefulStop
import http from 'k6/http';
import { sleep } from 'k6';
export { handleSummary } from './lib/summary.js';

export const options = {
  scenarios: {
    shared: { executor: 'shared-iterations', vus: 2, iterations: 10, maxDuration: '1s', gracefulStop: '0s', exec: 'shared' },
    each: { executor: 'per-vu-iterations', vus: 2, iterations: 5, maxDuration: '1s', gracefulStop: '0s', exec: 'each' },
  },
};

export function shared() {
  http.get(`${__ENV.BASE}/echo/shared`);
  sleep(0.7);
}

export function each() {
  http.get(`${__ENV.BASE}/echo/each`);
  sleep(0.7);
}

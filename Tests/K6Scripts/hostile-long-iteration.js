// order: any
// covers: hostile scenarios.gracefulStop
import http from 'k6/http';
import { sleep } from 'k6';
export { handleSummary } from './lib/summary.js';

export const options = { scenarios: { long: { executor: 'constant-vus', vus: 2, duration: '1s', gracefulStop: '500ms' } } };

export default function () {
  http.get(`${__ENV.BASE}/ok`);
  sleep(10);
}

export function teardown() {
  console.log('teardown is run');
}

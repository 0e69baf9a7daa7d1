// order: any
// covers: hostile scenarios.gracefulStop
import http from 'k6/http';
export { handleSummary } from './lib/summary.js';

export const options = { scenarios: { long: { executor: 'shared-iterations', vus: 1, iterations: 2, maxDuration: '1s', gracefulStop: '300ms' } } };

export default function () {
  http.get(`${__ENV.BASE}/wait/5000`);
  console.log('never seen');
}

// order: any
// covers: hostile
import http from 'k6/http';
export { handleSummary } from './lib/summary.js';

export const options = {
  scenarios: {
    stuck: { executor: 'constant-vus', vus: 2, duration: '1s', gracefulStop: '500ms', exec: 'stuck' },
    alive: { executor: 'per-vu-iterations', vus: 1, iterations: 5, exec: 'alive' },
  },
};

export function stuck() {
  console.log('stuck begins');
  try {
    for (;;) { /* for ever */ }
  } catch (error) {
    console.log('never caught');
  } finally {
    console.log('never finally');
  }
}

export function alive() {
  http.get(`${__ENV.BASE}/ok`);
}

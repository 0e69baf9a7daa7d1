// order: any
// near: 10%
// covers: scenarios.constant-arrival-rate
import http from 'k6/http';
import exec from 'k6/execution';
import { sleep } from 'k6';
export { handleSummary } from './lib/summary.js';

export const options = {
  scenarios: {
    enough: { executor: 'constant-arrival-rate', rate: 20, timeUnit: '1s', duration: '2s', preAllocatedVUs: 5, maxVUs: 10 },
    slow: { executor: 'constant-arrival-rate', rate: 30, timeUnit: '1s', duration: '2s', preAllocatedVUs: 2, maxVUs: 2, exec: 'slow', gracefulStop: '2s' },
  },
  thresholds: {
    'iterations{scenario:enough}': ['count>=38', 'count<=41'], 'dropped_iterations{scenario:slow}': ['count>40'], 'dropped_iterations{scenario:enough}': ['count==0'],
  },
};

export default function () {
  http.get(`${__ENV.BASE}/echo/${exec.scenario.name}`);
}

export function slow() {
  sleep(0.45);
}

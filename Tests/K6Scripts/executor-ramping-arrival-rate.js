// order: any
// near: 10%
// covers: scenarios.ramping-arrival-rate
import http from 'k6/http';
export { handleSummary } from './lib/summary.js';

export const options = {
  scenarios: {
    climb: {
      executor: 'ramping-arrival-rate', startRate: 10, timeUnit: '1s', preAllocatedVUs: 10, maxVUs: 20,
      stages: [{ duration: '1s', target: 40 }, { duration: '1s', target: 40 }, { duration: '1s', target: 0 }],
    },
  },
};

export default function () {
  http.get(`${__ENV.BASE}/ok`);
}

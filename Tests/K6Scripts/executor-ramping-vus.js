// order: any
// near: 15%
// covers: scenarios.ramping-vus
import http from 'k6/http';
import { sleep } from 'k6';
export { handleSummary } from './lib/summary.js';

export const options = {
  scenarios: {
    ramp: {
      executor: 'ramping-vus', startVUs: 2, gracefulRampDown: '1s', gracefulStop: '1s',
      stages: [{ duration: '1s', target: 8 }, { duration: '1s', target: 8 }, { duration: '0s', target: 3 }, { duration: '1s', target: 0 }],
    },
  },
};

export default function () {
  http.get(`${__ENV.BASE}/ok`);
  sleep(0.1);
}

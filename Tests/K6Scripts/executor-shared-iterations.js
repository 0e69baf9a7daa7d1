// order: any
// covers: scenarios.shared-iterations
import exec from 'k6/execution';
import http from 'k6/http';
import { sleep } from 'k6';
export { handleSummary } from './lib/summary.js';

export const options = {
  scenarios: { work: { executor: 'shared-iterations', vus: 3, iterations: 20, maxDuration: '20s', tags: { own: 'tag' } } },
  thresholds: { 'http_reqs{own:tag}': ['count==20'], 'iterations{scenario:work}': ['count==20'] },
};

export default function () {
  http.get(`${__ENV.BASE}/echo/${exec.scenario.iterationInTest}`);
  sleep(0.01);
}

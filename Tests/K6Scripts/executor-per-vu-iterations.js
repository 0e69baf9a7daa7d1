// order: any
// covers: scenarios.per-vu-iterations
import exec from 'k6/execution';
import http from 'k6/http';
export { handleSummary } from './lib/summary.js';

export const options = { scenarios: { each: { executor: 'per-vu-iterations', vus: 4, iterations: 3, maxDuration: '20s' } } };

export default function () {
  http.get(`${__ENV.BASE}/echo/${__VU}/${__ITER}`);
  console.log(`${exec.vu.idInInstance} ${exec.vu.idInTest} ${exec.vu.iterationInInstance} ${exec.vu.iterationInScenario} ${exec.scenario.name}`);
}

// flags: --vus 1 --iterations 4
// exit: 108
// covers: exec.test
import exec from 'k6/execution';
import http from 'k6/http';
export { handleSummary } from './lib/summary.js';

// The iteration that ends the test counts.
export default function () {
  http.get(`${__ENV.BASE}/ok`);
  if (exec.scenario.iterationInTest === 1) exec.test.abort('enough');
}

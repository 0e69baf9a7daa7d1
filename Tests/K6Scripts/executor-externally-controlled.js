// order: any
// near: 15%
// covers: options.scenarios
import exec from 'k6/execution';
import { sleep } from 'k6';
export { handleSummary } from './lib/summary.js';

// Nobody steers it: its users stay those that it begins with, and what runs at its end is cut off.
export const options = {
  scenarios: { steered: { executor: 'externally-controlled', vus: 2, maxVUs: 2, duration: '1s', exec: 'work', env: { A: 'b' }, tags: { c: 'd' } } },
  thresholds: { 'iterations{c:d}': ['count>2'], 'iterations{scenario:steered}': ['count<7'] },
};

export function work() {
  if (__ITER === 0) console.log(__ENV.A, exec.scenario.executor, JSON.stringify(exec.test.options.scenarios.steered));
  sleep(0.4);
}

// covers: options.thresholds
import exec from 'k6/execution';
import { shown } from './lib/show.js';
export { handleSummary } from './lib/summary.js';

export const options = {
  iterations: 2,
  thresholds: {
    iterations: [{ threshold: 'count==2', comment: 'k6 has no such field' }],
    iteration_duration: null,
    'iterations{scenario:default}': [],
  },
};

export default function () {
  if (exec.scenario.iterationInTest === 0) console.log(shown(Object.keys(exec.test.options.thresholds).sort()));
}

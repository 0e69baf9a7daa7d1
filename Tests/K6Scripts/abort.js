// flags: --vus 2 --duration 20s
// exit: 108
// order: any
// near: 100%
// covers: exec.test.abort
import exec from 'k6/execution';
import { sleep } from 'k6';
export { handleSummary } from './lib/summary.js';

export default function () {
  if (exec.vu.idInInstance === 1 && __ITER === 2) exec.test.abort('enough of it');
  sleep(0.1);
}

export function teardown() {
  console.log('teardown is run');
}

// flags: --iterations 3
// exit: 110
// covers: exec.test.fail
import exec from 'k6/execution';
export { handleSummary } from './lib/summary.js';

export default function () {
  if (__ITER === 1) exec.test.fail('marked as failed');
  console.log(`iteration ${__ITER}`);
}

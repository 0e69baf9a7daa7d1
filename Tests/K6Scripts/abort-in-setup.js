// exit: 108
// covers: exec.test.abort
import exec from 'k6/execution';
export { handleSummary } from './lib/summary.js';

export function setup() {
  exec.test.abort();
}

export default function () {
  console.log('never run');
}

export function teardown() {
  console.log('teardown');
}

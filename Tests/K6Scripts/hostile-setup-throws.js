// exit: 107
// covers: hostile
export { handleSummary } from './lib/summary.js';

export function setup() {
  throw new Error('no setup today');
}

export default function () {
  console.log('never run');
}

export function teardown() {
  console.log('teardown is not run');
}

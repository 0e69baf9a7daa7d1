// exit: 107
// covers: hostile
export { handleSummary } from './lib/summary.js';

export default function () {
  console.log('run');
}

export function teardown() {
  throw new TypeError('no teardown today');
}

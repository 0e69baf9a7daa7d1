// only: assay, k6's regular expressions of the simple kind take linear time and those with a reference cannot be interrupted
// covers: hostile
export { handleSummary } from './lib/summary.js';

export const options = { scenarios: { stuck: { executor: 'constant-vus', vus: 1, duration: '1s', gracefulStop: '300ms' } } };

export default function () {
  console.log('begins');
  /^(a+)+$/.test(`${'a'.repeat(60)}!`);
  console.log('never seen');
}

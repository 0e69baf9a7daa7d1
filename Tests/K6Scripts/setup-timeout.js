// exit: 100
// covers: options.setupTimeout
import { sleep } from 'k6';
export { handleSummary } from './lib/summary.js';

export const options = { setupTimeout: '300ms' };

export function setup() {
  sleep(5);
}

export default function () {
  console.log('never run');
}

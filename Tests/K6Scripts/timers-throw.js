// flags: --iterations 2
// covers: timers.setTimeout
import { setTimeout } from 'k6/timers';
export { handleSummary } from './lib/summary.js';

export default function () {
  setTimeout(() => { throw new Error('in a timer'); }, 10);
  setTimeout(() => console.log('a later timer'), 60);
  console.log('the function ends');
}

// covers: timers.setTimeout timers.setInterval timers.clearTimeout timers.clearInterval
import { setTimeout as later, setInterval as every, clearInterval as stop, clearTimeout as cancel } from 'k6/timers';
import { sleep } from 'k6';
import { show, throwsAny } from './lib/show.js';
export { handleSummary } from './lib/summary.js';

export default function () {
  const began = Date.now();
  let turns = 0;
  later(() => show('second', Date.now() - began >= 99), 100);
  later(() => show('first', true), 20);
  const cancelled = later(() => show('never', true), 50);
  cancel(cancelled);
  const timer = every((word) => {
    turns += 1;
    show(word, turns);
    if (turns === 3) stop(timer);
  }, 40, 'turn');
  later((a, b) => show('arguments', [a, b]), 5, 'x', 2);
  show('globals', [typeof setTimeout, typeof clearTimeout, typeof setInterval, typeof clearInterval]);
  setTimeout(() => { later(() => show('nested', true), 1); }, 150);
  show('kinds', [typeof cancelled, typeof timer]);
  cancel(99999);
  sleep(0.01);
  show('the function ends', true);
}

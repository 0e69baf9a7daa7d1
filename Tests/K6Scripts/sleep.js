// covers: k6.sleep k6.randomSeed
import { check, sleep, randomSeed } from 'k6';
import { show, attempt } from './lib/show.js';
export { handleSummary } from './lib/summary.js';

function took(action) {
  const began = Date.now();
  action();
  return Date.now() - began;
}

export default function () {
  check(null, {
    'half a second': () => Math.abs(took(() => sleep(0.5)) - 500) < 150,
    nothing: () => took(() => sleep(0)) < 100,
    'less than nothing': () => took(() => sleep(-5)) < 100,
  });
  attempt('a text', () => sleep('0.01'));
  attempt('given back', () => sleep(0.01));
  randomSeed(42);
  const first = [Math.random(), Math.random()];
  randomSeed(42);
  show('the same again', Math.random() === first[0] && Math.random() === first[1]);
  randomSeed(43);
  show('another', Math.random() !== first[0]);
}

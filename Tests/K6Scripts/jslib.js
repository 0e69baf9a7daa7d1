// flags: --iterations 2
// only: assay, k6 asks the network for it
// covers: jslib
import exec from 'k6/execution';
import { show } from './lib/show.js';
import { randomIntBetween, randomItem, randomString, uuidv4 } from 'https://jslib.k6.io/k6-utils/1.4.0/index.js';
export { handleSummary } from './lib/summary.js';

export default function () {
  const number = randomIntBetween(3, 5);
  show('kinds', [number >= 3 && number <= 5, ['a', 'b'].includes(randomItem(['a', 'b'])), randomString(8).length, uuidv4().length, exec.scenario.name]);
}

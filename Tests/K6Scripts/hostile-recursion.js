// flags: --iterations 2
// only: assay, k6's stack has no end: the program is killed for its memory
// covers: hostile
export { handleSummary } from './lib/summary.js';

function deeper(level) {
  return deeper(level + 1) + 1;
}

export default function () {
  try {
    deeper(0);
  } catch (error) {
    console.log(error.name);
  }
  console.log(`iteration ${__ITER}`);
  JSON.parse('['.repeat(200000) + ']'.repeat(200000));
}

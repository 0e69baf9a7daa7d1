// flags: --env FIRST=one --env SECOND=a=b --env EMPTY=
// order: once
// covers: __ENV __VU
import { shown } from './lib/show.js';
export { handleSummary } from './lib/summary.js';

console.log(`init ${typeof __VU} ${typeof __ITER}`);
__ENV.ADDED = 'in init';

export const options = { scenarios: { only: { executor: 'per-vu-iterations', vus: 2, iterations: 1 } } };

export default function () {
  console.log(shown([__ENV.FIRST, __ENV.SECOND, __ENV.EMPTY, __ENV.ABSENT, __ENV.ADDED, typeof __ENV.PATH]));
  __ENV.FIRST = `changed by ${__VU}`;
  console.log(`now ${__ENV.FIRST} ${__ITER}`);
}

// flags: --vus 2
// order: any
// covers: options.iterations __VU __ITER __ENV
import http from 'k6/http';
import { sleep } from 'k6';
export { handleSummary } from './lib/summary.js';

export const options = { iterations: 12 };
const at = __VU;
let own = 0;

export default function () {
  http.get(`${__ENV.BASE}/ok`);
  if (__ITER !== own || at !== __VU || __VU < 1 || __VU > 2) console.log(`wrong: ${at} ${__VU} ${__ITER} ${own}`);
  own += 1;
  sleep(0.02);
}

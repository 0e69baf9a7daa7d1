// flags: --iterations 2
import http from 'k6/http';
import { show } from './lib/show.js';
export { handleSummary } from './lib/summary.js';

export const options = { noCookiesReset: true };

export default function () {
  show(`iteration ${__ITER}`, http.get(`${__ENV.BASE}/cookies?turn${__ITER}=1`).json('sent'));
}

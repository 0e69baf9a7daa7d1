// flags: --stage 500ms:4 --stage 1s:4 --stage 300ms:0
// order: any
// near: 20%
import http from 'k6/http';
import { sleep } from 'k6';
export { handleSummary } from './lib/summary.js';

export const options = { vus: 8, iterations: 100000 };

export default function () {
  http.get(`${__ENV.BASE}/ok`);
  sleep(0.1);
}

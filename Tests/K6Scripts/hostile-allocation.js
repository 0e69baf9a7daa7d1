// flags: --iterations 2
// only: assay, k6 has no limit: the machine's memory goes
// covers: hostile
import http from 'k6/http';
export { handleSummary } from './lib/summary.js';

export default function () {
  http.get(`${__ENV.BASE}/ok`);
  const all = [];
  for (;;) all.push(new Uint8Array(16 * 1024 * 1024).fill(1));
}

// order: any
// near: 15%
// covers: options.duration k6.sleep
import http from 'k6/http';
import { sleep } from 'k6';
export { handleSummary } from './lib/summary.js';

export const options = { vus: 3, duration: '1500ms' };

export default function () {
  http.get(`${__ENV.BASE}/ok`);
  sleep(0.2);
}

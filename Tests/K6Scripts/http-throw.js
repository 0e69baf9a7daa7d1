// flags: --iterations 2
// covers: options.throw
import http from 'k6/http';
export { handleSummary } from './lib/summary.js';

export const options = { throw: true };

export default function () {
  http.get(`${__ENV.BASE}/status/500`);
  console.log('a status does not throw');
  http.get('http://127.0.0.1:1/nobody');
  console.log('never seen');
}

// flags: --iterations 2
// covers: hostile
import http from 'k6/http';
import { check } from 'k6';
import { throwsAny } from './lib/show.js';
export { handleSummary } from './lib/summary.js';

const bad = { get headers() { throw new Error('no headers'); } };
const words = { toString() { throw new Error('no text'); } };

export default function () {
  throwsAny('params', () => http.get(`${__ENV.BASE}/ok`, bad));
  throwsAny('address', () => http.get(words));
  throwsAny('header', () => http.get(`${__ENV.BASE}/ok`, { headers: { get 'X-Own'() { throw new Error('no value'); } } }));
  throwsAny('a check', () => check(1, { get bad() { throw new Error('no check'); } }));
  throwsAny('body', () => http.post(`${__ENV.BASE}/ok`, { get field() { throw new Error('no field'); } }));
  console.log('goes on');
}

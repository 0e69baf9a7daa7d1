// flags: --iterations 6
// covers: hostile
import http from 'k6/http';
export { handleSummary } from './lib/summary.js';

function inner(turn) {
  if (turn === 1) throw new Error('second turn');
  if (turn === 2) undefined.member();
  if (turn === 3) throw 'only text';
  if (turn === 4) throw { code: 5, message: 'an object' };
}

export default function () {
  inner(__ITER);
  http.get(`${__ENV.BASE}/ok`);
}

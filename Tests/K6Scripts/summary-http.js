// order: lines
// covers: handleSummary
import http from 'k6/http';
import { check, sleep } from 'k6';

export default function () {
  check(1, { one: (value) => value === 1 });
}

// Results are sent somewhere; the data has all of its members although there was no set-up.
export function handleSummary(data) {
  const told = http.post(`${__ENV.BASE}/echo`, JSON.stringify(Object.keys(data).sort()), { headers: { 'Content-Type': 'application/json' } });
  const began = Date.now();
  sleep(0.05);
  console.log(told.status, told.json('body'), 'setup_data' in data, data.setup_data === undefined, Date.now() - began >= 45);
  const batch = http.batch([`${__ENV.BASE}/ok`, ['POST', `${__ENV.BASE}/form`, { a: 'b' }]]);
  console.log(batch.map((each) => each.status).join());
  return { 'told.txt': told.json('body') };
}

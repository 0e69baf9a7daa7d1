// flags: --iterations 2
// order: lines
// covers: http.asyncRequest async
import http from 'k6/http';
import { check } from 'k6';
import { setTimeout } from 'k6/timers';
import { show } from './lib/show.js';
export { handleSummary } from './lib/summary.js';

const base = __ENV.BASE;
const pause = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });

export async function setup() {
  const answer = await http.asyncRequest('GET', `${base}/json`);
  return { token: answer.json('token') };
}

export default async function (data) {
  show('data', data);
  const answer = await http.asyncRequest('POST', `${base}/echo/async`, 'body', { headers: { 'X-Own': 'a' } });
  show('one', [answer.status, answer.json('body')]);
  const began = Date.now();
  const three = await Promise.all([1, 2, 3].map((n) => http.asyncRequest('GET', `${base}/wait/300?${n}`)));
  show('three', three.map((each) => each.status));
  check(Date.now() - began, { 'at the same time': (took) => took < 850 });
  show('first', (await Promise.race([http.asyncRequest('GET', `${base}/wait/500`), pause(50).then(() => ({ status: 'timer' }))])).status);
  const order = [];
  setTimeout(() => order.push('timer'), 0);
  Promise.resolve().then(() => order.push('job'));
  order.push('now');
  await pause(30);
  show('order', order);
  try {
    await Promise.reject(new Error('rejected'));
  } catch (error) {
    show('caught', error.message);
  }
  const settled = await Promise.allSettled([1, Promise.reject(2)]);
  show('settled', settled);
  const failed = await http.asyncRequest('GET', 'http://127.0.0.1:1/');
  show('refused', [failed.status, failed.error_code]);
}

export async function teardown(data) {
  await pause(10);
  console.log(`teardown ${data.token}`);
}

// order: any
// covers: http.batch options.batch options.batchPerHost
import http from 'k6/http';
import { check } from 'k6';
import { show, throwsAny } from './lib/show.js';
export { handleSummary } from './lib/summary.js';

const base = __ENV.BASE;

export const options = { batch: 5, batchPerHost: 3 };

export default function () {
  const list = http.batch([
    ['GET', `${base}/echo/1`],
    ['POST', `${base}/echo/2`, 'two', { headers: { 'X-Two': '2' }, tags: { part: 'two' } }],
    `${base}/echo/3`,
    { method: 'PUT', url: `${base}/echo/4`, body: { four: 4 }, params: { headers: { 'X-Four': '4' } } },
    ['DELETE', `${base}/status/404`],
  ]);
  show('an array', [Array.isArray(list), list.length]);
  list.forEach((answer, at) => show(`${at}`, [answer.status, answer.status === 200 ? answer.json() : answer.body]));
  const named = http.batch({ first: `${base}/status/201`, second: ['GET', `${base}/status/202`], third: { method: 'GET', url: `${base}/status/200` } });
  show('named', [named.first.status, named.second.status, named.third.status, Object.keys(named).sort()]);
  check(named, { 'all are good': (all) => Object.values(all).every((answer) => answer.status < 300) });
  const began = Date.now();
  http.batch(Array.from({ length: 3 }, () => ['GET', `${base}/wait/300`]));
  check(Date.now() - began, { 'at the same time': (took) => took < 800 });
  const second = Date.now();
  http.batch(Array.from({ length: 4 }, () => ['GET', `${base}/wait/200`]));
  check(Date.now() - second, { 'three to one host at most': (took) => took >= 395 });
  show('none', http.batch([]));
  show('binary', http.batch([['GET', `${base}/bytes/3`, null, { responseType: 'binary' }]])[0].body);
  throwsAny('of a number', () => http.batch(5));
  throwsAny('of nothing', () => http.batch());
}

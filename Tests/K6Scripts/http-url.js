// covers: http.url
import http from 'k6/http';
import { show } from './lib/show.js';
export { handleSummary } from './lib/summary.js';

const base = __ENV.BASE;

export const options = { thresholds: { 'http_reqs{name:HOST/echo/${}}': ['count>=0'] } };

export default function () {
  for (const id of [1, 2, 3]) {
    const answer = http.get(http.url`${base}/echo/${id}?x=${id * 2}`);
    show(`${id}`, [answer.json('path'), answer.json('query'), answer.url]);
  }
  show('in a batch', http.batch([['GET', http.url`${base}/status/${200}`]])[0].status);
}

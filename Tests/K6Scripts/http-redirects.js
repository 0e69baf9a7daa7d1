// covers: options.maxRedirects
import http from 'k6/http';
import { show } from './lib/show.js';
export { handleSummary } from './lib/summary.js';

const base = __ENV.BASE;

export const options = { maxRedirects: 4 };

export default function () {
  for (const status of [301, 302, 303, 307, 308]) {
    const answer = http.post(`${base}/redirect/${status}/1`, 'body', { headers: { 'Content-Type': 'text/plain', 'X-Kept': 'yes' } });
    show(`${status}`, [answer.status, answer.url, answer.body, answer.request.method]);
  }
  show('four', http.get(`${base}/redirect/302/4`).body);
  const five = http.get(`${base}/redirect/302/5`);
  show('five', [five.status, five.url, five.error, five.error_code]);
  show('own limit', [http.get(`${base}/redirect/302/6`, { redirects: 6 }).status, http.get(`${base}/redirect/302/3`, { redirects: 1 }).status]);
  show('loop', http.get(`${base}/loop`).status);
  show('not followed', [http.get(`${base}/status/304`).status, http.get(`${base}/status/300`).status]);
  show('head', http.head(`${base}/redirect/301/1`).url);
}

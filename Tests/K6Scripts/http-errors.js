// covers: params.timeout response.error_code
import http from 'k6/http';
import { check } from 'k6';
import { show, throwsAny } from './lib/show.js';
export { handleSummary } from './lib/summary.js';

const base = __ENV.BASE;

export default function () {
  const slow = http.get(`${base}/wait/900`, { timeout: '150ms' });
  show('timeout', [slow.status, slow.error_code, slow.error, slow.body, slow.status_text]);
  const refused = http.get('http://127.0.0.1:1/nobody');
  show('refused', [refused.status, refused.error_code, refused.body, refused.url]);
  show('its headers', refused.headers);
  show('its timings', refused.timings.waiting === 0 && refused.timings.receiving === 0);
  const dropped = http.post(`${base}/drop`, 'x');
  show('dropped', [dropped.status, dropped.error_code]);
  const garbage = http.get(`${base}/garbage`);
  show('garbage', [garbage.status, garbage.error_code]);
  const cut = http.get(`${base}/cut`);
  show('cut', [cut.status, cut.error_code]);
  const wrong = http.get('http://127.0.0.1:99999/');
  show('bad port', [wrong.status, wrong.error_code]);
  const scheme = http.get('ftp://127.0.0.1/');
  show('scheme', [scheme.status, scheme.error_code]);
  const relative = http.get('/relative');
  show('relative', [relative.status, relative.error_code]);
  const client = http.get(`${base}/status/404`);
  show('404', [client.error, client.error_code]);
  show('500', http.get(`${base}/status/500`).error_code);
  throwsAny('thrown', () => http.get('http://127.0.0.1:1/nobody', { throw: true }));
  check(http.get(`${base}/ok`), { 'goes on': (answer) => answer.status === 200 });
}

// flags: --iterations 2
// covers: http.cookieJar http.CookieJar jar.set jar.cookiesForURL jar.clear jar.delete
import http from 'k6/http';
import { show } from './lib/show.js';
export { handleSummary } from './lib/summary.js';

const base = __ENV.BASE;

export default function () {
  show('at first', http.get(`${base}/cookies?a=1&b=2`).json('sent'));
  show('then', http.get(`${base}/cookies`).json('sent'));
  const jar = http.cookieJar();
  show('of the jar', jar.cookiesForURL(base));
  jar.set(base, 'own', 'value', { path: '/cookies', max_age: 600 });
  show('with path', http.get(`${base}/cookies/deep`).json('sent'));
  show('elsewhere', http.get(`${base}/echo`).json('headers.cookie'));
  jar.set(base, 'secure', 'never', { secure: true });
  show('secure', http.get(`${base}/cookies`).json('sent'));
  show('replaced by params', http.get(`${base}/cookies`, { cookies: { a: { value: 'over', replace: true }, b: 'beside' } }).json('sent'));
  jar.delete(base, 'a');
  show('without a', http.get(`${base}/cookies`).json('sent'));
  jar.clear(base);
  show('cleared', http.get(`${base}/cookies`).json('sent'));
  show('expired', jar.cookiesForURL(`${base}/cookies`));
  const response = http.get(`${base}/cookies?late=yes;%20Path=/;%20HttpOnly`);
  show('set cookies', response.cookies);
  const hops = http.get(`${base}/redirect/302/3?cookie`);
  show('on the way', [hops.cookies, jar.cookiesForURL(base)]);
  const other = new http.CookieJar();
  other.set(`${base}/`, 'only', 'here');
  show('another jar', [other.cookiesForURL(`${base}/x`), http.get(`${base}/cookies`, { jar: other }).json('sent')]);
  show('manual header', http.get(`${base}/cookies`, { headers: { Cookie: 'manual=1' } }).json('sent'));
}

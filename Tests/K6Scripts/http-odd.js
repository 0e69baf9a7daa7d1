// covers: http.request response.html
import http from 'k6/http';
import { show, throwsAny } from './lib/show.js';
export { handleSummary } from './lib/summary.js';

const base = __ENV.BASE;

// What real scripts do without meaning to.
export default function () {
  for (const method of ['', null, undefined, 'get']) {
    show(`method ${method}`, http.request(method, `${base}/echo`).json('method'));
  }
  for (const selector of [undefined, null, 'h1']) {
    show(`html ${selector}`, http.get(`${base}/html`).html(selector).find('em').size());
  }
  const refused = (address) => {
    const answer = http.get(address);
    return [answer.status, answer.error_code, answer.error.replace(base, 'BASE'), answer.url];
  };
  show('end of line', refused(`${base}/ok\r`));
  show('two lines', refused(`${base}/ok\n/more`));
  show('half an escape', refused(`${base}/ok/%zz`));
  show('an escape that ends', refused(`${base}/ok%4`));
  show('in a query it may', http.get(`${base}/ok?share=50%`).status);
  show('braces', http.get(`${base}/ok/{id}|^<>"`).url.replace(base, 'BASE'));
  const jar = http.cookieJar();
  show('no value', [jar.set(base, 'none', null), jar.set(base, 'absent'), jar.cookiesForURL(base)]);
  show('no address', [jar.set('example.com', 'a', 'b'), jar.cookiesForURL('example.com'), jar.cookiesForURL('')]);
  throwsAny('a bad address', () => jar.set('::bad', 'a', 'b'));
  show('TLS where there is none', http.get(base.replace('http:', 'https:')).error_code);
}

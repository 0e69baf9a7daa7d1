// covers: http.get http.head http.post http.put http.patch http.del http.options http.request
import http from 'k6/http';
import { show, attempt } from './lib/show.js';
export { handleSummary } from './lib/summary.js';

const base = __ENV.BASE;

export default function () {
  show('get', http.get(`${base}/echo/get?a=1&b=two`).json());
  const head = http.head(`${base}/status/200`);
  show('head', [head.status, head.body, head.headers['X-Query']]);
  show('post text', http.post(`${base}/echo/post`, 'plain text').json());
  show('post nothing', http.post(`${base}/echo/post`).json());
  show('post null', http.post(`${base}/echo/post`, null).json());
  show('post empty', http.post(`${base}/echo/post`, '').json());
  show('post object', http.post(`${base}/echo/post`, { name: 'a b', n: 1, yes: true, sign: '&=+ü' }).json());
  show('post json', http.post(`${base}/echo/post`, JSON.stringify({ a: [1, 2] }), {
    headers: { 'Content-Type': 'application/json' },
  }).json());
  show('post buffer', http.post(`${base}/echo/post`, new Uint8Array([0, 255, 16]).buffer).json());
  show('post view', http.post(`${base}/echo/post`, new Uint8Array([1, 2, 3, 4]).subarray(1, 3)).json());
  show('put', http.put(`${base}/echo/put`, 'x').json());
  show('patch', http.patch(`${base}/echo/patch`, 'y').json());
  show('del', http.del(`${base}/echo/del`).json());
  show('del with a body', http.del(`${base}/echo/del`, 'z').json());
  show('options', http.options(`${base}/echo/options`).json());
  show('options with a body', http.options(`${base}/echo/options`, 'w').json());
  show('request', http.request('PURGE', `${base}/echo/purge`).json());
  show('request lower case', http.request('post', `${base}/echo/post`, 'lower').json());
  show('request query', http.request('QUERY', `${base}/echo/query`, { q: 'x' }, { headers: { 'X-Own': 'yes' } }).json());
  show('http.get with a number in params', http.get(`${base}/ok`, { headers: { 'X-Number': 5 } }).status);
  show('fragment', http.get(`${base}/echo/frag?x=1#part`).json());
  show('spaces', http.get(`${base}/echo/a b?q=c`).json());
  show('unicode', http.get(`${base}/echo/grüße?q=ü`).json());
  attempt('get of nothing', () => http.get());
}

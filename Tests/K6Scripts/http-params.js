// covers: params.headers params.tags params.timeout params.redirects params.responseType params.compression params.auth params.cookies params.jar params.responseCallback
import http from 'k6/http';
import { show } from './lib/show.js';
export { handleSummary } from './lib/summary.js';

const base = __ENV.BASE;

export const options = {
  thresholds: {
    'http_reqs{kind:tagged}': ['count==2'],
    'http_reqs{name:the echo}': ['count==1'],
    'http_reqs{status:401}': ['count==2'],
    'http_req_failed{expected_response:false}': ['rate==1'],
  },
};

export default function () {
  show('headers', http.get(`${base}/echo`, { headers: { 'X-One': '1', 'x-two': '2', Authorization: 'Bearer t' } }).json());
  http.get(`${base}/ok`, { tags: { kind: 'tagged' } });
  http.get(`${base}/ok`, { tags: { kind: 'tagged', name: 'the echo' } });
  show('no redirects', http.get(`${base}/redirect/302/1`, { redirects: 0 }).status);
  show('text', http.get(`${base}/bytes/5`, { responseType: 'text' }).body);
  show('binary', http.get(`${base}/bytes/5`, { responseType: 'binary' }).body);
  show('none', http.get(`${base}/bytes/5`, { responseType: 'none' }).body);
  const packed = http.post(`${base}/ok`, 'body body body', { compression: 'gzip' });
  show('gzip', [packed.status, packed.request.headers['Content-Encoding']]);
  show('deflate', http.post(`${base}/ok`, 'body', { compression: 'deflate' }).request.headers['Content-Encoding']);
  show('basic', http.get(base.replace('http://', 'http://ann:secret@') + '/basic/ann/secret').status);
  show('basic wrong', http.get(`${base}/basic/ann/secret`).status);
  show('basic by params', http.get(base.replace('http://', 'http://ann:secret@') + '/basic/ann/secret', { auth: 'basic' }).json());
  show('digest', http.get(base.replace('http://', 'http://ann:secret@') + '/digest/ann/secret', { auth: 'digest' }).json());
  show('cookies', http.get(`${base}/cookies`, { cookies: { a: '1', b: 'two' } }).json());
  show('cookies are not kept', http.get(`${base}/cookies`).json());
  const jar = new http.CookieJar();
  jar.set(base, 'own', 'jar');
  show('jar', http.get(`${base}/cookies`, { jar }).json());
  show('timeout as text', http.get(`${base}/ok`, { timeout: '10s' }).status);
  show('timeout as number', http.get(`${base}/ok`, { timeout: 10000 }).status);
  http.get(`${base}/status/404`, { responseCallback: http.expectedStatuses(404) });
  http.get(`${base}/status/500`, { responseCallback: null });
}

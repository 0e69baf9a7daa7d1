// covers: response.url response.status response.status_text response.proto response.headers response.cookies response.body response.timings response.error response.error_code response.request response.remote_ip response.remote_port
import http from 'k6/http';
import { show } from './lib/show.js';
export { handleSummary } from './lib/summary.js';

const base = __ENV.BASE;

export default function () {
  const made = http.post(`${base}/cookies?seen=yes&other=2`, 'payload', {
    headers: { 'Content-Type': 'text/plain', 'X-Multi': 'm' }, cookies: { sent: 'c' },
  });
  show('members', Object.keys(made).sort());
  show('url', made.url);
  show('status', [made.status, made.status_text, made.proto]);
  show('types', [typeof made.remote_ip, typeof made.remote_port, made.remote_ip]);
  show('cookies', made.cookies);
  show('error', [made.error, made.error_code]);
  show('request', [made.request.method, made.request.url, made.request.body, made.request.cookies]);
  show('request headers', Object.entries(made.request.headers).filter(([name]) => name !== 'User-Agent').sort());
  show('timings', Object.keys(made.timings).sort());
  show('timings are numbers', Object.values(made.timings).every((value) => typeof value === 'number' && value >= 0));
  show('timings add up', Math.abs(made.timings.sending + made.timings.waiting + made.timings.receiving - made.timings.duration) < 0.01);
  show('tls', [made.tls_version, made.tls_cipher_suite]);
  const many = http.get(`${base}/many`);
  show('headers', [many.headers['X-Many'], many.headers['X-Odd-Case'], many.headers.Etag, many.headers['x-many']]);
  show('content type', http.get(`${base}/json`).headers['Content-Type']);
  show('not found', [http.get(`${base}/nothing`).status, http.get(`${base}/nothing`).status_text, http.get(`${base}/nothing`).error_code]);
  show('server error', [http.get(`${base}/status/503`).error, http.get(`${base}/status/503`).error_code]);
  show('odd status', [http.get(`${base}/status/299`).status, http.get(`${base}/status/418`).status_text]);
  show('no content', [http.get(`${base}/status/204`).status, http.get(`${base}/status/204`).body]);
  show('chunked', http.get(`${base}/chunked`).body);
  show('gzip', [http.get(`${base}/gzip`).json(), http.get(`${base}/gzip`).headers['Content-Encoding']]);
  show('deflate', http.get(`${base}/deflate`).json('packed'));
  show('latin', http.get(`${base}/latin`).body.length);
  show('redirected', [http.get(`${base}/redirect/302/2`).url, http.get(`${base}/redirect/302/2`).request.url]);
  show('ocsp', typeof made.ocsp);
  const again = http.get(`${base}/ok`);
  show('reused', [again.timings.connecting, again.timings.tls_handshaking]);
}

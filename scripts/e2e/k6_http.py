"""`k6/http` of scripts against a server that is not ours: httpbin behind gunicorn."""

import subprocess

import k6_scripts
from http_requests import httpbin
from support import Absent, assay, check

SCRIPT = r"""
import http from 'k6/http';
export const options = { thresholds: { http_req_failed: ['rate<1'] } };
const base = __ENV.BASE;
const host = base.split('//')[1];
function same(what, got, wanted) {
    const sorted = (key, value) => value && value.constructor === Object
        ? Object.fromEntries(Object.entries(value).sort()) : value;
    const [a, b] = [JSON.stringify(got, sorted), JSON.stringify(wanted, sorted)];
    if (a !== b) throw new Error(what + ': expected ' + b + ', got ' + a);
}
export default function () {
    let r = http.get(base + '/redirect/3');
    same('redirects', [r.status, r.url, r.json('url')], [200, base + '/get', base + '/get']);
    r = http.get(base + '/redirect/3', { redirects: 1 });
    same('redirects bounded', [r.status, r.url], [302, base + '/relative-redirect/2']);
    r = http.post(base + '/redirect-to?status_code=303&url=' + encodeURIComponent(base + '/get'), { a: 1 });
    same('see other', [r.status, r.json('url'), r.json('headers.Referer').split('?')[0]], [200, base + '/get', base + '/redirect-to']);
    r = http.post(base + '/redirect-to?status_code=307&url=' + encodeURIComponent(base + '/post'), 'text');
    same('kept method', [r.status, r.json('data')], [200, 'text']);

    r = http.get(base + '/cookies/set?session=abc&theme=dark', { redirects: 0 });
    same('cookies set', Object.keys(r.cookies).sort(), ['session', 'theme']);
    same('cookies', http.get(base + '/cookies').json('cookies'), { session: 'abc', theme: 'dark' });
    same('own cookie', http.get(base + '/cookies', { cookies: { theme: { value: 'light', replace: true } } }).json('cookies'),
        { session: 'abc', theme: 'light' });
    same('jar', http.cookieJar().cookiesForURL(base), { session: ['abc'], theme: ['dark'] });
    http.cookieJar().delete(base, 'session');
    same('deleted', http.get(base + '/cookies').json('cookies'), { theme: 'dark' });
    same('another jar', http.get(base + '/cookies', { jar: new http.CookieJar() }).json('cookies'), {});

    same('basic', http.get('http://ann:s3cret@' + host + '/basic-auth/ann/s3cret').json('authenticated'), true);
    for (const algorithm of ['MD5', 'SHA-256']) {
        r = http.get('http://ann:s3cret@' + host + '/digest-auth/auth/ann/s3cret/' + algorithm, { auth: 'digest' });
        same('digest ' + algorithm, [r.status, r.json('authenticated')], [200, true]);
    }
    same('wrong digest', http.get('http://ann:no@' + host + '/digest-auth/auth/ann/s3cret', { auth: 'digest' }).status, 401);

    for (const [coding, field] of [['gzip', 'gzipped'], ['deflate', 'deflated'], ['brotli', 'brotli']]) {
        r = http.get(base + '/' + coding, { headers: { 'Accept-Encoding': coding === 'brotli' ? 'br' : coding } });
        same(coding, r.json(field), true);
    }
    r = http.post(base + '/post', 'a'.repeat(1000), { compression: 'gzip' });
    same('packed', [r.json('headers.Content-Encoding'), r.request.body.length], ['gzip', 1000]);
    same('form', http.post(base + '/post', { a: '1 & 2', b: 'ü', l: [1, 2] }).json('form'), { a: '1 & 2', b: 'ü', l: ['1', '2'] });
    r = http.post(base + '/post', { title: 'my lamp', small: http.file('{"a": 1}', 'small.json', 'application/json') });
    same('multipart', [r.json('form.title'), r.json('files.small')], ['my lamp', '{"a": 1}']);
    const png = new Uint8Array(http.get(base + '/image/png', { responseType: 'binary' }).body);
    same('binary', [...png.slice(0, 4), png.length], [137, 80, 78, 71, 8090]);
    same('buffer', http.put(base + '/put', new Uint8Array([65, 66]).buffer, { headers: { 'Content-Type': 'text/plain' } }).json('data'), 'AB');
    same('none', http.get(base + '/get', { responseType: 'none' }).body, null);
    same('status', [http.get(base + '/status/418').status, http.get(base + '/status/418').error_code], [418, 1418]);
    same('head', http.head(base + '/get').body, '');
    same('late', http.get(base + '/delay/3', { timeout: 200 }).error_code, 1050);
    same('refused', http.get('http://127.0.0.1:1/').error_code, 1212);
    same('batch', http.batch([base + '/get', ['POST', base + '/post', 'b'], { method: 'PUT', url: base + '/put' }]).map(r => r.status), [200, 200, 200]);
    same('many', http.batch(Array(30).fill(base + '/uuid')).filter(r => r.body.length > 0).length, 30);
}
"""


@check
def k6_http_of_scripts_with_httpbin(scratch):
    (scratch / "script.js").write_text(SCRIPT)
    with httpbin(scratch) as port:
        ended = assay("load", "script.js", "--k6-exit-codes", "--env", f"BASE=http://127.0.0.1:{port}", directory=scratch)
    ended.expect(0)
    assert "level=error" not in ended.output, ended.output


@check
def k6_http_of_the_real_k6_with_httpbin(scratch):
    if not k6_scripts.K6.exists():
        raise Absent("the real k6 is not installed: scripts/setup --with bench")
    # k6's digest knows MD5 alone, and a digest that was refused is asked once more.
    (scratch / "script.js").write_text(SCRIPT.replace("'MD5', 'SHA-256'", "'MD5'"))
    with httpbin(scratch) as port:
        run = subprocess.run(
            [k6_scripts.K6, "run", "--quiet", "--address", "", "--env", f"BASE=http://127.0.0.1:{port}", "script.js"],
            cwd=scratch, capture_output=True, text=True, check=False, timeout=120)
    assert "level=error" not in run.stderr, run.stderr

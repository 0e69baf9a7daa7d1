// covers: k6.check k6.group
// flags: --summary-mode full --iterations 4
// stdout: summary
// exit: 99
import http from 'k6/http';
import { check, group } from 'k6';
import { Trend, Counter, Gauge, Rate } from 'k6/metrics';
const t = new Trend('my_time', true), t2 = new Trend('my_trend'), c = new Counter('my_count'), g = new Gauge('my_gauge'), r = new Rate('my_rate');
export const options = { thresholds: { http_req_duration: ['p(95)<5000', 'avg<0'], 'http_reqs{a:b}': ['count>1'], checks: ['rate>0.9'], my_rate: ['rate<0.1'], 'my_trend{x:y}': [] , 'group_duration{group:::one}': ['max<1']} };
export default function () { group('one', () => { http.get(__ENV.BASE + '/ok', { tags: { a: 'b' } }); group('two', () => { check(1, { 'in two': true, 'bad': false }); }); }); check(1, { outer: true }); t.add(1500); t2.add(3); t2.add(5, { x: 'y' }); c.add(2); g.add(7); r.add(__ITER % 2); if (__ITER == 3) throw new Error('x'); }

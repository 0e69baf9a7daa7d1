// flags: --iterations 3
// stdout: summary
// No handleSummary: what --summary-export writes is all there is to compare.
import http from 'k6/http';
import { check, group } from 'k6';
import { Counter, Gauge, Rate, Trend } from 'k6/metrics';

const counter = new Counter('counter_of_own');
const gauge = new Gauge('gauge_of_own');
const rate = new Rate('rate_of_own');
const trend = new Trend('trend_of_own');

export const options = {
  thresholds: { counter_of_own: ['count==3'], 'http_req_duration{status:200}': ['p(95)<5000'], rate_of_own: ['rate>0.5'], 'http_reqs{group:::a}': ['count==3'] },
};

export default function () {
  group('a', () => {
    check(http.get(`${__ENV.BASE}/ok`), { yes: () => true, no: () => false });
    group('b', () => check(1, { yes: () => true }));
  });
  counter.add(1);
  gauge.add(7);
  rate.add(true);
  trend.add(5);
}

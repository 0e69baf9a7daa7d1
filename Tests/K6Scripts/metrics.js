// flags: --iterations 4
// covers: metrics.Counter metrics.Gauge metrics.Rate metrics.Trend
import { Counter, Gauge, Rate, Trend } from 'k6/metrics';
import { show, attempt, throwsAny } from './lib/show.js';
export { handleSummary } from './lib/summary.js';

const orders = new Counter('orders');
const level = new Gauge('level');
const good = new Rate('good');
const size = new Trend('size');
const took = new Trend('took', true);
const same = new Counter('orders');
const never = new Counter('never');
const bytes = new Counter('bytes_seen', false);

export const options = {
  thresholds: {
    orders: ['count==28', 'rate>0'], 'orders{kind:a}': ['count==8'], 'orders{kind:a,part:x}': ['count==4'], level: ['value==3'],
    good: ['rate==0.5'], size: ['avg<100', 'p(95)<=103', 'max==103', 'min==1', 'med<100', 'p(99.9)<=103'], 'took{kind:a}': ['max==250'],
    never: ['count==0'],
  },
};

export default function () {
  orders.add(1, { kind: 'a' });
  orders.add(1, { kind: 'a', part: 'x' });
  orders.add(1, { kind: 'b', part: 'x' });
  same.add(3);
  level.add(__ITER);
  good.add(__ITER % 2);
  good.add(true);
  good.add(false);
  for (const value of [1, 2, 3, 50, 99.5, 100 + __ITER]) size.add(value);
  took.add(250, { kind: 'a' });
  took.add(1500);
  bytes.add(0.375);
  show('name', [orders.name, took.name]);
  attempt('adds give back', () => orders.add(0));
  attempt('not a number', () => size.add('abc'));
  attempt('nothing', () => size.add());
  attempt('null', () => size.add(null));
  attempt('NaN', () => size.add(NaN));
  attempt('text number', () => orders.add('0'));
  throwsAny('in the default function', () => new Counter('late'));
}

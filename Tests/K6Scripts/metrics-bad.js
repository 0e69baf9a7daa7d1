// order: once
// covers: metrics.Counter
import { Counter, Trend, Gauge } from 'k6/metrics';
import { attempt, throwsAny } from './lib/show.js';
export { handleSummary } from './lib/summary.js';

for (const name of ['', '1st', 'a b', 'größe', 'x'.repeat(129), 'ok_name', 'A9_']) {
  throwsAny(`name ${name}`, () => new Counter(name));
}
throwsAny('another type', () => new Gauge('ok_name'));
throwsAny('same type', () => new Counter('ok_name'));
throwsAny('built in', () => new Trend('http_reqs'));
throwsAny('no name', () => new Counter());

const counter = new Counter('counted');

export default function () {
  attempt('bad tags', () => counter.add(1, 'text'));
  attempt('tag values', () => counter.add(1, { n: 5, yes: true, none: null }));
  attempt('object tag', () => counter.add(1, { o: { a: 1 } }));
  attempt('negative', () => counter.add(-1));
}

// flags: --iterations 2
// covers: handleSummary
import http from 'k6/http';
import { check, group } from 'k6';
import { Trend } from 'k6/metrics';
import { shown } from './lib/show.js';

const size = new Trend('size');

export const options = { thresholds: { http_reqs: ['count>1'], size: ['max<5'] }, summaryTrendStats: ['min', 'max', 'count', 'p(99.9)'], summaryTimeUnit: 's' };

export default function () {
  group('one', () => check(http.get(`${__ENV.BASE}/ok`), { fine: (r) => r.status === 200, never: () => false }));
  size.add(3);
}

export function handleSummary(data) {
  console.log('in handleSummary');
  const lines = [
    `SUMMARY keys ${Object.keys(data).sort()}`,
    `SUMMARY options ${JSON.stringify(data.options.summaryTrendStats)} ${data.options.summaryTimeUnit}`,
    `SUMMARY state ${Object.keys(data.state).sort()}`,
    `SUMMARY metrics ${Object.keys(data.metrics).filter((name) => !name.startsWith('vus')).sort()}`,
    `SUMMARY size ${shown(data.metrics.size)}`,
    `SUMMARY group ${shown(data.root_group.groups[0])}`,
    `SUMMARY checks ${shown(data.metrics.checks.values)}`,
  ];
  return {
    stdout: `${lines.join('\n')}\n`, stderr: 'SUMMARY on stderr\n', 'data.json': JSON.stringify(data), './beside.txt': 'a file beside\n',
  };
}

// flags: --iterations 2
// covers: options.userAgent options.discardResponseBodies options.noConnectionReuse options.minIterationDuration options.tags
import http from 'k6/http';
import { show } from './lib/show.js';
export { handleSummary } from './lib/summary.js';

const base = __ENV.BASE;

export const options = {
  userAgent: 'own agent/1.0', discardResponseBodies: true, noConnectionReuse: true, minIterationDuration: '300ms',
  tags: { team: 'blue' }, thresholds: { 'http_reqs{team:blue}': ['count==8'], iteration_duration: ['min>=0'] },
  insecureSkipTLSVerify: true, summaryTrendStats: ['avg', 'p(99)', 'count', 'med'],
};

export default function () {
  show('discarded', http.get(`${base}/ok`).body);
  show('asked for', http.get(`${base}/ok`, { responseType: 'text' }).body);
  show('own header', http.get(`${base}/ok`, { headers: { 'User-Agent': 'by hand' } }).status);
  show('agent', http.get(`${base}/ok`).request.headers['User-Agent']);
}

// covers: http.setResponseCallback http.expectedStatuses
import http from 'k6/http';
import { throwsAny } from './lib/show.js';
export { handleSummary } from './lib/summary.js';

const base = __ENV.BASE;

http.setResponseCallback(http.expectedStatuses(200, 404, { min: 500, max: 502 }));

export const options = {
  thresholds: {
    http_req_failed: ['rate<0.5'],
    'http_req_failed{status:501}': ['rate==0'],
    'http_req_failed{status:201}': ['rate==1'],
    'http_req_duration{expected_response:true}': ['max<10000'],
    'http_reqs{expected_response:false}': ['count==2'],
  },
};

export default function () {
  for (const status of [200, 404, 501, 503, 201]) http.get(`${base}/status/${status}`);
  http.setResponseCallback(null);
  http.get(`${base}/status/500`);
  http.setResponseCallback(http.expectedStatuses({ min: 200, max: 399 }, 404));
  http.get(`${base}/status/404`);
  throwsAny('a word', () => http.expectedStatuses('ok'));
  throwsAny('nothing', () => http.expectedStatuses());
  throwsAny('a number', () => http.setResponseCallback(200));
}

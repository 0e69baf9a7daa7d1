// exit: 104
// covers: hostile
export const options = { thresholds: { http_reqs: ['p(95)<5'], no_such_metric: ['count>1'] } };

export default function () {
  console.log('never run');
}

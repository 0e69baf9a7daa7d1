// exit: 104
// covers: hostile
export const options = { thresholds: { http_req_duration: ['p(95) is small'] } };

export default function () {
  console.log('never run');
}

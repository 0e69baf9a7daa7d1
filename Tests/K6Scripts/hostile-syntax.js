// exit: 107
// covers: hostile
import http from 'k6/http';

export default function () {
  const answer = http.get('http://127.0.0.1/';
}

// flags: --iterations 2
// only: assay, the k6 of the comparison is older than this module; its older name is compared in websockets-experimental.js
// covers: websockets.WebSocket
import { WebSocket } from 'k6/websockets';
import { setTimeout } from 'k6/timers';
import { show, throwsAny } from './lib/show.js';
export { handleSummary } from './lib/summary.js';

const base = __ENV.BASE.replace('http', 'ws');

export default function () {
  const socket = new WebSocket(`${base}/ws/echo`, null, { headers: { 'X-Own': 'yes' }, tags: { own: 'tag' } });
  show('at first', [socket.readyState, socket.url.endsWith('/ws/echo'), socket.bufferedAmount]);
  socket.binaryType = 'arraybuffer';
  let seen = 0;
  socket.onopen = (event) => {
    show('open', [event.type, socket.readyState]);
    socket.send('text');
    socket.send(new Uint8Array([9, 8]).buffer);
  };
  socket.addEventListener('message', (event) => {
    show('message', [event.type, event.data]);
    seen += 1;
    if (seen === 2) socket.close(1000, 'done');
  });
  socket.onclose = (event) => show('close', [event.type, event.code, socket.readyState]);
  socket.onerror = (event) => show('error', event.error);
  setTimeout(() => {
    const early = new WebSocket(`${base}/ws/early`);
    early.onclose = (event) => show('early', event.code);
  }, 150);
  setTimeout(() => {
    const refused = new WebSocket(`${base}/ws/refuse`);
    refused.onerror = (event) => show('refused', event.type);
    refused.onclose = () => show('refused and closed', true);
  }, 300);
  throwsAny('bad address', () => new WebSocket('http://127.0.0.1/'));
  throwsAny('sent too early', () => socket.send('x'));
}

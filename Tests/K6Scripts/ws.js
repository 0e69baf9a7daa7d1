// flags: --iterations 2
// covers: ws.connect socket.on socket.send socket.sendBinary socket.close socket.ping socket.setTimeout socket.setInterval
import ws from 'k6/ws';
import { check } from 'k6';
import { show, throwsAny } from './lib/show.js';
export { handleSummary } from './lib/summary.js';

const base = __ENV.BASE.replace('http', 'ws');

export const options = { thresholds: { ws_sessions: ['count==8'], ws_msgs_sent: ['count>0'], 'ws_msgs_received{own:tag}': ['count==4'], ws_connecting: ['max<5000'] } };

export default function () {
  const answer = ws.connect(`${base}/ws/echo?a=1`, { headers: { 'X-Own': 'yes' }, tags: { own: 'tag' } }, (socket) => {
    socket.on('open', () => {
      show('open', true);
      socket.send('hello');
      socket.sendBinary(new Uint8Array([1, 2, 3]).buffer);
    });
    socket.on('message', (text) => show('message', text));
    socket.on('binaryMessage', (bytes) => {
      show('binary', bytes);
      socket.close();
    });
    socket.on('close', (code) => show('close', code));
    socket.on('error', (error) => show('error', error.error()));
  });
  show('answer', [answer.status, answer.url, typeof answer.headers, answer.body, answer.error]);
  check(answer, { 'switched protocols': (r) => r && r.status === 101 });
  ws.connect(`${base}/ws/bye`, (socket) => {
    let turns = 0;
    socket.on('open', () => socket.setInterval(() => {
      turns += 1;
      if (turns === 2) socket.send('now');
    }, 20));
    socket.on('message', (text) => show('then', text));
    socket.on('close', (code) => show('closed by the peer', code));
  });
  ws.connect(`${base}/ws/ping`, null, (socket) => {
    socket.on('ping', () => show('ping', true));
    socket.on('pong', () => show('pong', true));
    socket.on('open', () => {
      socket.ping();
      socket.setTimeout(() => socket.close(3001), 200);
    });
    socket.on('close', () => show('closed', true));
  });
  const refused = ws.connect(`${base}/ws/refuse`, {}, (socket) => {
    socket.on('open', () => show('never open', true));
    socket.on('error', (error) => show('refused', typeof error.error()));
  });
  show('refused', refused && refused.status);
  throwsAny('not a function', () => ws.connect(`${base}/ws/echo`));
}

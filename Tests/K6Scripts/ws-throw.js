// flags: --iterations 2
// covers: ws.connect
import ws from 'k6/ws';
export { handleSummary } from './lib/summary.js';

export default function () {
  ws.connect(`${__ENV.BASE.replace('http', 'ws')}/ws/echo`, {}, (socket) => {
    socket.on('open', () => socket.send('x'));
    socket.on('message', () => { throw new Error('in a handler'); });
  });
  console.log('never seen');
}

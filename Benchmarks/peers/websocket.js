// The same as scenarios/websocket.yml: a message, its echo, one JSON field looked at; again and again on one connection.
import ws from 'k6/ws';
import { check } from 'k6';

const message = JSON.stringify({ op: 'echo', id: 7, note: 'one inventory' });
const milliseconds = Number(__ENV.MILLISECONDS);
const begun = Date.now();

export default function () {
    ws.connect(__ENV.TARGET, {}, (socket) => {
        socket.on('open', () => socket.send(message));
        socket.on('message', (data) => {
            check(JSON.parse(data), { 'id is 7': (body) => body.id === 7 });
            if (Date.now() - begun < milliseconds) socket.send(message);
            else socket.close();
        });
    });
}

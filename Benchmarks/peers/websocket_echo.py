"""A WebSocket server that sends every short message back: no library, so that it is not what is measured.

    websocket_echo.py PORT
"""

import asyncio
import base64
import hashlib
import sys

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


class Echo(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport, self.kept, self.is_open = transport, b"", False

    def data_received(self, data):
        data = self.kept + data
        if not self.is_open:
            end = data.find(b"\r\n\r\n")
            if end < 0:
                self.kept = data
                return
            fields = dict(line.split(b": ", 1) for line in data[:end].split(b"\r\n")[1:])
            key = next(value for name, value in fields.items() if name.lower() == b"sec-websocket-key")
            accept = base64.b64encode(hashlib.sha1(key + GUID).digest())
            self.transport.write(
                b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n")
            self.is_open, data = True, data[end + 4:]
        place, answers = 0, []
        while len(data) - place >= 6:
            length = data[place + 1] & 127
            assert length < 126, "only short messages are sent back"
            end = place + 6 + length
            if end > len(data):
                break
            mask = int.from_bytes(data[place + 2:place + 6] * 32, "big") >> 8 * (128 - length)
            payload = (int.from_bytes(data[place + 6:end], "big") ^ mask).to_bytes(length, "big")
            answers.append(bytes((data[place], length)) + payload)
            is_last = data[place] & 15 == 8
            place = end
            if is_last:
                self.transport.write(b"".join(answers))
                self.transport.close()
                return
        self.kept = data[place:]
        if answers:
            self.transport.write(b"".join(answers))


async def main():
    server = await asyncio.get_running_loop().create_server(Echo, "127.0.0.1", int(sys.argv[1]), backlog=4096)
    await server.serve_forever()


asyncio.run(main())

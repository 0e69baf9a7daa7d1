#!/usr/bin/env python3
"""Calls an AudioSocket server as one would with asyncio: PORT CALLS SECONDS RAMP-SECONDS, prints JSON.

Each call writes a frame of 20 ms of silence on an absolute grid and reads what comes; the grids are staggered.
"""

import asyncio
import json
import sys
import uuid

FRAME = b"\x10" + (320).to_bytes(2, "big") + bytes(320)
PERIOD = 0.02


class Call(asyncio.Protocol):
    heard = 0

    def data_received(self, data):
        self.heard += len(data)


async def call(port, begin, end, lateness):
    loop = asyncio.get_running_loop()
    await asyncio.sleep(begin - loop.time())
    transport, protocol = await loop.create_connection(Call, "127.0.0.1", port)
    transport.write(b"\x01\x00\x10" + uuid.uuid4().bytes)
    due = loop.time()
    # One that cannot keep up ends in time all the same.
    while due < end and loop.time() < end + 1:
        await asyncio.sleep(due - loop.time())
        lateness.append(loop.time() - due)
        transport.write(FRAME)
        due += PERIOD
    transport.close()
    return protocol.heard


async def main(port, calls, seconds, ramp):
    loop = asyncio.get_running_loop()
    start = loop.time() + 0.1
    end = start + ramp + seconds
    lateness = []
    heard = await asyncio.gather(
        *(call(port, start + ramp * number / calls, end, lateness) for number in range(calls)))
    lateness.sort()
    print(json.dumps({
        "calls": sum(amount > 0 for amount in heard), "frames": len(lateness),
        "p99_ms": lateness[int(len(lateness) * 0.99)] * 1000, "most_ms": lateness[-1] * 1000}))


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), float(sys.argv[4])))

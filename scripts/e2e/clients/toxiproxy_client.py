"""toxiproxy-python against `assay double toxiproxy`: argument 1 is its port, 2 the port of a Redis behind a proxy.

Prints one word a step that went as it should; anything else ends it with a traceback.
"""

import socket
import sys
import time

from toxiproxy import Toxiproxy
from toxiproxy.exceptions import InvalidToxic, ProxyExists

server = Toxiproxy()
server.update_api_consumer("127.0.0.1", int(sys.argv[1]))
assert server.running()
assert b"2." in server.version()

proxy = server.create(upstream=f"127.0.0.1:{sys.argv[2]}", name="cache")
host, port = proxy.listen.rsplit(":", 1)


def ping():
    """How long a PING took; None when the connection was refused or ended."""
    began = time.monotonic()
    try:
        with socket.create_connection((host, int(port)), timeout=5) as client:
            client.sendall(b"PING\r\n")
            return time.monotonic() - began if client.recv(64) == b"+PONG\r\n" else None
    except OSError:
        return None


assert ping() is not None
print("through")

proxy.add_toxic(type="latency", attributes={"latency": 300, "jitter": 0})
assert 0.3 <= ping() < 3
print("late")
proxy.destroy_toxic("latency_downstream")
assert not proxy.toxics()

proxy.add_toxic(name="cut", type="limit_data", attributes={"bytes": 3})
assert ping() is None
assert proxy.get_toxic("cut").attributes["bytes"] == 3
proxy.destroy_toxic("cut")
proxy.add_toxic(type="reset_peer", attributes={"timeout": 0})
assert ping() is None
print("cut")

server.reset()
assert ping() is not None
with proxy.down():
    assert ping() is None
assert ping() is not None
print("down")

for wrong, name in [({"type": "lag"}, InvalidToxic), ({"type": "latency", "stream": "side"}, InvalidToxic)]:
    try:
        proxy.add_toxic(**wrong)
    except name:
        continue
    raise AssertionError(f"{wrong} was taken")
try:
    server.create(upstream="127.0.0.1:1", name="cache")
except ProxyExists:
    print("refused")

many = server.populate([
    {"name": "a", "upstream": "127.0.0.1:1", "listen": "127.0.0.1:0"},
    {"name": "b", "upstream": "127.0.0.1:1", "listen": "127.0.0.1:0", "enabled": False},
])
assert [one.enabled for one in many] == [True, False]
assert sorted(server.proxies()) == ["a", "b", "cache"]
server.destroy_all()
assert not server.proxies() and ping() is None
print("gone")

"""What scripts do asynchronously, run by the real k6 and by Assay against one WebSocket server: the same lines, the same counts."""

import contextlib
import json
import os
import re
import subprocess
import tempfile
from pathlib import Path

from support import Absent, assay, check, wait_for
from websocket import PYTHON, free_port, listening, program

K6 = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "assay/bench-venv/bin/k6"
SERVER = '''
import asyncio, sys, websockets

async def serve(socket):
    path = socket.request.path
    if path.startswith("/close="):
        await socket.close(int(path.split("=")[1]), "bye")
    elif path == "/ping":
        await (await socket.ping(b"hello"))
        await socket.wait_closed()
    elif path == "/burst":
        for number in range(5):
            await socket.send(f"m{number}")
        await socket.send(b"123")
        await socket.close(4001, "done")
    elif path == "/abort":
        socket.transport.abort()
    else:
        async for message in socket:
            await socket.send(message)

async def main():
    async with websockets.serve(serve, "127.0.0.1", int(sys.argv[1]), ping_interval=None):
        await asyncio.Future()

asyncio.run(main())
'''
SCRIPTS = {
    "timers": r"""
export default async function () {
  const id = setTimeout((a, b) => console.log('timeout', a, b), 200, 1, 'x');
  console.log('id', id);
  let n = 0;
  const i = setInterval(() => { n++; console.log('tick', n); if (n == 3) clearInterval(i); }, 30);
  await new Promise(r => setTimeout(r, 300));
  console.log('after');
  setTimeout(() => console.log('late'), 10);
  Promise.resolve().then(() => console.log('job'));
}
""",
    "failing": r"""
export const options = { iterations: 3 };
export default async function () {
  setTimeout(() => console.log('never'), 500);
  if (__ITER == 0) setTimeout(() => { throw 'in a timer' }, 5);
  await null;
  console.log('pass', __ITER);
  if (__ITER == 1) throw 'rejected';
  if (__ITER == 2) Promise.reject(42);
}
""",
    "setup": r"""
export async function setup() { await new Promise(r => setTimeout(r, 5)); return { a: 1 }; }
export default function (data) { console.log(JSON.stringify(data)); }
export async function teardown(data) { await null; console.log('teardown', JSON.stringify(data)); }
""",
    "ws": r"""
import ws from 'k6/ws';
export default function () {
  const log = (s, words) => words.forEach(w => s.on(w, d => console.log(w, d && d.byteLength ? 'bytes ' + d.byteLength : d && d.error ? d.error() : d)));
  ws.connect(__ENV.PEER + '/echo', s => {
    log(s, ['open', 'message', 'binaryMessage', 'close', 'error']);
    s.on('open', () => { s.send('hi'); s.sendBinary(new Uint8Array([1, 2, 3]).buffer); s.setTimeout(() => s.close(), 300); });
  });
  for (const path of ['/close=1000', '/close=4005', '/close=1011', '/burst', '/abort', '/ping']) {
    const res = ws.connect(__ENV.PEER + path, s => {
      log(s, ['open', 'message', 'binaryMessage', 'ping', 'close', 'error']);
      s.on('ping', () => s.close(1000));
    });
    console.log(path, res.status, res.error);
  }
  console.log(ws.connect('ws://127.0.0.1:1/', () => 0).error);
}
""",
    "websockets": r"""
import { WebSocket } from 'k6/experimental/websockets';
const open = path => new Promise(over => {
  const w = new WebSocket(__ENV.PEER + path);
  w.binaryType = 'arraybuffer';
  for (const event of ['open', 'message', 'ping', 'error', 'close'])
    w.addEventListener(event, e => {
      console.log(path, event, e.error, e.data && e.data.byteLength ? e.data.byteLength : e.data, w.readyState);
      if (event == 'ping') w.close();
      if (event == 'close') over();
    });
  w.onopen = () => { if (path == '/echo') { w.send('hi'); w.send(new Uint8Array([1, 2])); setTimeout(() => w.close(), 300); } };
});
export default async function () {
  for (const path of ['/echo', '/close=1000', '/close=4005', '/burst', '/abort', '/ping']) await open(path);
}
""",
}


def lines(text):
    """What the script said, without times, places and what is each program's own."""
    found = re.findall(r'level=(info|warning|error) msg=("(?:[^"\\]|\\.)*"|\S+)', text)
    said = [f"{level} {json.loads(text) if text.startswith(chr(34)) else text}" for level, text in found]
    return [line.split("\n")[0] for line in said]


def count(folder, name):
    summary = json.loads((folder / name).read_text())["metrics"]
    return {key: summary[key]["count"] for key in ("ws_sessions", "ws_msgs_sent", "ws_msgs_received") if key in summary}


@contextlib.contextmanager
def peer():
    if not K6.exists():
        raise Absent("the real k6 (scripts/setup --with bench)")
    with tempfile.TemporaryDirectory() as scratch:
        folder, port = Path(scratch), free_port()
        (folder / "server.py").write_text(SERVER)
        with program([PYTHON, folder / "server.py", port]):
            wait_for(lambda: listening(port), "listening")
            yield folder, f"ws://127.0.0.1:{port}"


@check
def k6_asynchronous_scripts_as_the_real_k6(_):
    with peer() as (folder, url):
        for name, text in SCRIPTS.items():
            (folder / f"{name}.js").write_text(text)
            theirs = subprocess.run(
                [K6, "run", "--quiet", "--summary-export", f"{name}-k6.json", "--env", f"PEER={url}", f"{name}.js"],
                cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60, check=False)
            ours = assay(
                "load", f"{name}.js", "--summary-export", f"{name}-assay.json", "--env", f"PEER={url}", directory=folder)
            expected, got = lines(theirs.stdout), lines(ours.output)
            assert got == expected, f"{name}: k6 said\n{chr(10).join(expected)}\nassay said\n{chr(10).join(got)}"
            assert count(folder, f"{name}-k6.json") == count(folder, f"{name}-assay.json"), name

"""redis-py against a Redis double: `redis_client.py URL`. Prints `ok NAME` for each thing that works."""

import asyncio
import sys
import threading

import redis
import redis.asyncio

url = sys.argv[1]


def step(name, holds):
    assert holds, name
    print("ok", name)


for protocol in (2, 3):
    client = redis.Redis.from_url(url, protocol=protocol, decode_responses=True)
    client.flushall()
    client.set("a", 1, ex=100)
    step(f"strings {protocol}", client.incr("a") == 2 and 0 < client.ttl("a") <= 100)
    with client.pipeline(transaction=True) as pipe:
        pipe.watch("a")
        pipe.multi()
        pipe.lpush("q", "x", "y").hset("h", mapping={"s": "idle"}).zadd("z", {"m": 1.5})
        step(f"transaction {protocol}", pipe.execute() == [2, 1, 1])
    step(f"collections {protocol}", client.hgetall("h") == {"s": "idle"} and client.zscore("z", "m") == 1.5)
    other = redis.Redis.from_url(url, protocol=protocol, decode_responses=True)
    threading.Timer(0.1, lambda: other.rpush("later", "v")).start()
    step(f"blocking {protocol}", list(client.blpop("later", timeout=10)) == ["later", "v"])
    client.xadd("s", {"n": 1})
    client.xgroup_create("s", "g", id="0")
    read = client.xreadgroup("g", "c", {"s": ">"}, count=1)
    entries = read["s"][0] if isinstance(read, dict) else read[0][1]
    step(f"streams {protocol}", client.xack("s", "g", entries[0][0]) == 1)
    script = client.register_script("return {KEYS[1], tonumber(ARGV[1]) * 2}")
    step(f"script {protocol}", script(keys=["k"], args=[21]) == ["k", 42])
    with client.lock("lock", timeout=5, blocking_timeout=1) as lock:
        step(f"lock {protocol}", lock.owned() and not other.lock("lock", timeout=5).acquire(blocking=False))
    step(f"scan {protocol}", "a" in set(client.scan_iter(match="?")))
    heard = client.pubsub(ignore_subscribe_messages=True)
    heard.subscribe("news")
    heard.get_message(timeout=5)
    other.publish("news", "hello")
    message = None
    while message is None:
        message = heard.get_message(timeout=5)
    step(f"pubsub {protocol}", message["data"] == "hello")
    step(f"info {protocol}", client.info("server")["redis_version"].startswith("7.0") and client.client_id() > 0)
    try:
        client.execute_command("BOGUS", "x")
        step(f"unknown {protocol}", False)
    except redis.ResponseError as problem:
        step(f"unknown {protocol}", "unknown command 'BOGUS', with args beginning with: 'x'" in str(problem))


async def concurrently():
    client = redis.asyncio.Redis.from_url(url)
    await asyncio.gather(*(client.incr("many") for _ in range(500)))
    step("asyncio", int(await client.get("many")) == 500)
    await client.aclose()


asyncio.run(concurrently())

"""Compose files that become stands, and services in containers of an engine that is played by this process."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time

from support import EXAMPLE, PRODUCTS, assay, check, descendants, started, wait_for

# What the engine's program says to the engine: a file for each wish; the engine answers by another.
CLIENT = """#!/usr/bin/python3
import json, os, signal, sys, time
folder, words = os.path.dirname(os.path.abspath(__file__)), sys.argv[1:]
def ask(kind, value):
    path = os.path.join(folder, f"{kind}-{os.getpid()}-{time.monotonic_ns()}")
    with open(path + ".part", "w") as wish: json.dump(value, wish)
    os.rename(path + ".part", path)
    while not os.path.exists(path + ".answer"): time.sleep(0.01)
    return json.load(open(path + ".answer"))
if words[0] == "ps": print("\\n".join(ask("ps", words)))
elif words[0] == "rm": ask("rm", words[2:])
elif words[0] == "run":
    name = words[words.index("--name") + 1]
    ports = [words[i + 1].split(":")[1] for i, word in enumerate(words) if word == "--publish"]
    signal.signal(signal.SIGTERM, lambda *_: ask("rm", [name]))
    sys.exit(ask("run", [name, *ports]))
"""


class Engine:
    """Containers are processes of its own, so they outlive the program that asked for them."""

    def __init__(self, folder):
        self.folder, self.containers, self.removed, self.over = folder, {}, [], False
        folder.mkdir()
        (folder / "docker").write_text(CLIENT)
        (folder / "docker").chmod(0o755)
        self.environment = {"PATH": f"{folder}:{PRODUCTS}:{os.environ['PATH']}"}
        self.thread = threading.Thread(target=self.serve)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over = True
        self.thread.join()
        for server, _ in self.containers.values():
            server.kill()
            server.wait()

    def serve(self):
        while not self.over:
            for wish in self.folder.iterdir():
                if wish.suffix or "-" not in wish.name or (self.folder / (wish.name + ".answer")).exists():
                    continue
                with contextlib.suppress(ValueError, FileNotFoundError):
                    self.grant(wish, wish.name.split("-")[0], json.loads(wish.read_text()))
            for name, (server, wish) in list(self.containers.items()):
                if server.poll() is not None:
                    del self.containers[name]
                    self.answer(wish, 0)
            time.sleep(0.01)

    def grant(self, wish, kind, value):
        if kind == "ps":
            self.answer(wish, list(self.containers))
        elif kind == "rm":
            for name in value:
                self.removed.append(name)
                if name in self.containers:
                    self.containers[name][0].terminate()
            self.answer(wish, 0)
        elif value[0] not in self.containers:
            server = subprocess.Popen(
                [sys.executable, "-m", "http.server", value[1], "--bind", "127.0.0.1"], cwd=self.folder,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            self.containers[value[0]] = (server, wish)

    def answer(self, wish, value):
        part = self.folder / (wish.name + ".answer.part")
        part.write_text(json.dumps(value))
        part.rename(self.folder / (wish.name + ".answer"))


def project(folder, think="1ms"):
    (folder / "tests").mkdir()
    (folder / "assay.yml").write_text(
        "assay: 1\nproject: p\nstand:\n  services:\n    web: {image: 'web:1', port: 80, ready: {http: /}}\n"
        "levels:\n  e2e: {scenarios: tests}\n")
    (folder / "tests/a.yml").write_text(
        "assay: 1\nscenario: a\nsteps:\n  - http: {get: '${web.url}/'}\n    expect: {status: 200}\n"
        f"  - think: {think}\n")
    return folder


@check
def container_serves_a_test_and_is_gone_afterwards(scratch):
    project(scratch)
    with Engine(scratch / "engine") as engine:
        assay("test", directory=scratch, environment=engine.environment).expect(0, "1 passed", "web:1 in a container")
        assert not engine.containers and engine.removed, f"left: {engine.containers}"


@check
def container_of_a_killed_assay_is_stopped_by_its_keeper(scratch):
    project(scratch, think="60s")
    with Engine(scratch / "engine") as engine:
        with started("test", directory=scratch, environment=engine.environment) as process:
            wait_for(lambda: engine.containers, "the container running")
            time.sleep(0.5)
            process.kill()
            process.wait()
            wait_for(lambda: not engine.containers, "the container gone", seconds=10)
        wait_for(lambda: not descendants(), "everything is gone", seconds=10)


@check
def container_that_outlived_its_keeper_is_removed_by_the_next_start(scratch):
    project(scratch, think="60s")
    with Engine(scratch / "engine") as engine:
        with started("test", directory=scratch, environment=engine.environment) as process:
            wait_for(lambda: engine.containers, "the container running")
            time.sleep(0.5)
            mine = {server.pid for server, _ in engine.containers.values()}
            for pid in set(descendants()) - mine:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            process.wait()
        name = next(iter(engine.containers))
        shutil.rmtree(scratch / "tests")
        (scratch / "assay.yml").unlink()
        assay("test", directory=project(scratch), environment=engine.environment).expect(0, "1 passed")
        assert name in engine.removed and name not in engine.containers, f"{name} is still there"


@check
def image_without_an_engine_is_one_message(scratch):
    project(scratch)
    assay("test", directory=scratch, environment={"ASSAY_PROGRAMS": "/nowhere"}).expect(
        3, "service 'web' is an `image:` and needs a container engine: neither docker nor podman is installed")


@check
def compose_file_becomes_a_stand_that_runs(scratch):
    (scratch / "sql").mkdir()
    (scratch / "sql/1.sql").write_text("create table items (id int primary key);\ninsert into items values (7);\n")
    (scratch / "Dockerfile").write_text("FROM python:3\nEXPOSE 8000\nCMD python3 -m http.server --bind 127.0.0.1 ${PORT}\n")
    (scratch / "compose.yml").write_text("""
services:
  api:
    build: .
    environment: [PORT=8000, DB_HOST=db, "DATABASE_URL=postgres://shop:pw@db:5432/shop", REDIS_URL=redis://cache:6379]
    healthcheck: {test: [CMD, curl, -f, "http://localhost:8000/"], interval: 1s, retries: 10}
    depends_on: {db: {condition: service_healthy}, cache: {condition: service_started}}
    ports: ["80:8000"]
  db:
    image: postgres:17
    environment: {POSTGRES_DB: shop, POSTGRES_USER: shop, POSTGRES_PASSWORD: pw}
    volumes: ["./sql:/docker-entrypoint-initdb.d"]
  cache: {image: "redis:8", command: redis-server --maxmemory 16mb}
""")
    assay("import", "compose", "compose.yml", directory=scratch).expect(0, "wrote assay.yml", "version 17 is not insisted on")
    assay("import", "compose", "compose.yml", directory=scratch).expect(2, "'assay.yml' is there already")
    with (scratch / "assay.yml").open("a") as file:
        file.write("levels:\n  e2e: {scenarios: tests, isolation: database-per-scenario}\n")
    (scratch / "tests").mkdir()
    (scratch / "tests/a.yml").write_text("""
assay: 1
scenario: what the compose file promised
steps:
  - http: {get: "${api.url}/"}
    expect: {status: 200}
  - sql: {on: db, query: "select id, current_user as name from items"}
    expect: {rows: [{id: 7, name: shop}]}
""".lstrip())
    assay("check", directory=scratch).expect(0)
    assay("test", directory=scratch).expect(0, "1 passed")


@check
def imported_service_that_nobody_has_filled_in_says_so(scratch):
    shutil.copy(EXAMPLE / "docker-compose.dev.yml", scratch)
    (scratch / "migrations").mkdir()
    (scratch / "migrations/1.sql").write_text("create table items (id int);\n")
    (scratch / "monitoring/prometheus").mkdir(parents=True)
    (scratch / "monitoring/prometheus/prometheus.yml").write_text("global: {scrape_interval: 1s}\n")
    assay("import", "compose", "docker-compose.dev.yml", directory=scratch).expect(0, "fill in its `run:`")
    assay("up", directory=scratch).expect(3, "assay.yml does not say yet how inventory-service is started")

"""Real dependencies: they come up, belong to one scenario each, and leave nothing behind, however it ends."""

import os
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from support import Ended, assay, check, descendants, started, wait_for

PROJECT = """
assay: 1
project: shop
stand:
  dependencies:
    db: {postgres: {migrations: db}}
    cache: {redis: {}}
  services:
    api: {run: 'echo "at $DB"; exec sleep 600', env: {DB: "${db.url}", CACHE: "${cache.url}"}, ready: {log: at postgres}}
levels:
  integration: {scenarios: tests, isolation: database-per-scenario}
"""
MIGRATION = """
create table items (id int primary key, name text not null);
insert into items values (1, 'sword');
"""
# Each scenario expects the one row of the migration, and leaves another: together they would fail.
SCENARIO = """
assay: 1
scenario: {name}
steps:
  - sql: {{on: db, query: "select count(*) as n from items"}}
    expect: {{rows: [{{n: 1}}]}}
  - sql: {{on: db, run: "insert into items values ($1, $2)", args: [2, bow]}}
  - think: {pause}
"""


def project(folder, text=PROJECT, migration=MIGRATION, names="abc", pause="0ms"):
    (folder / "db").mkdir()
    (folder / "tests").mkdir()
    (folder / "assay.yml").write_text(text.lstrip())
    (folder / "db/1.sql").write_text(migration.lstrip())
    for name in names:
        (folder / f"tests/{name}.yml").write_text(SCENARIO.format(name=name, pause=pause).lstrip())
    return folder


@check
def scenarios_have_databases_of_their_own_first_last_and_alone(scratch):
    project(scratch)
    for seed in ("1", "2", "3", "4"):
        assay("test", "--seed", seed, "-j", "2", directory=scratch).expect(0, "3 passed")
    for name in "abc":
        assay("test", f"tests/{name}.yml", directory=scratch).expect(0, "1 passed")


@check
def two_test_runs_side_by_side_do_not_meet(scratch):
    project(scratch, pause="300ms")
    words = [("test", "--out", str(scratch / name)) for name in "xy"]
    with started(*words[0], directory=scratch) as first, started(*words[1], directory=scratch) as second:
        Ended(words[0], first).expect(0, "3 passed")
        Ended(words[1], second).expect(0, "3 passed")


@check
def shared_database_shows_who_depends_on_whom(scratch):
    # The same scenarios without isolation see each other's rows: the check above can fail.
    project(scratch, PROJECT.replace(", isolation: database-per-scenario", ""))
    assay("test", directory=scratch).expect(1, "2 failed")


@check
def emptied_tables_come_back_as_the_migration_left_them(scratch):
    project(scratch, PROJECT.replace("database-per-scenario", "truncate"))
    for name in "de":
        (scratch / f"tests/{name}.yml").write_text(
            f"assay: 1\nscenario: {name}\nsteps:\n  - redis: {{on: cache, do: [INCR, visits]}}\n    expect: {{value: 1}}\n")
    assay("test", directory=scratch).expect(0, "5 passed")


@check
def rolled_back_statements_are_not_seen_by_the_next_scenario(scratch):
    project(scratch, PROJECT.replace("database-per-scenario", "transaction"))
    assay("test", directory=scratch).expect(0, "3 passed")


@check
def rows_and_files_left_behind_are_named_and_fail_the_scenario(scratch):
    text = PROJECT.replace(", isolation: database-per-scenario", "") + "policy: {leftovers: deny}\n"
    project(scratch, text, names="a")
    (scratch / "tests/k.yml").write_text(
        "assay: 1\nscenario: keys\nsteps:\n  - redis: {on: cache, do: [SET, \"user:7\", x]}\n")
    assay("test", "tests/k.yml", directory=scratch).expect(1, "cache: 1 new key: 'user:7'")
    (scratch / "tests/f.yml").write_text(
        "assay: 1\nscenario: files\nsteps:\n  - run: {command: [touch, export.csv]}\n")
    assay("test", "tests/a.yml", directory=scratch).expect(
        1, 'db: 1 new row in public.items: {"id":2,"name":"bow"}')
    assay("test", "tests/f.yml", directory=scratch).expect(1, "new file export.csv")


@check
def killed_assay_leaves_no_server_behind(scratch):
    project(scratch, names="a", pause="60s")
    with started("test", directory=scratch) as process:
        def running():
            commands = " ".join(descendants().values())
            return all(part in commands for part in ("postgres", "redis-server", "sleep 600"))
        wait_for(running, "postgres, redis and the service running")
        time.sleep(0.3)
        process.kill()
        process.wait()
        wait_for(lambda: not descendants(), "everything is gone", seconds=10)


@check
def interrupt_takes_the_stand_down_in_order(scratch):
    project(scratch, names="a", pause="60s")
    with started("test", directory=scratch) as process:
        wait_for(lambda: "sleep 600" in " ".join(descendants().values()), "the service running")
        process.send_signal(signal.SIGINT)
        Ended(("test",), process).expect(130)
    assert not descendants()


@check
def mistake_in_a_migration_is_one_message_with_its_place(scratch):
    project(scratch, migration="create table a (id int);\ncreate tabel b (id int);\n")
    assay("test", directory=scratch).expect(
        3, 'db/1.sql: syntax error at or near "tabel"', "db/1.sql:2:8", "create tabel b (id int);")


@check
def service_that_never_becomes_ready_is_one_message(scratch):
    text = PROJECT.replace("ready: {log: at postgres}", "ready: {http: /health, within: 500ms}")
    text = text.replace(", isolation: database-per-scenario", "")
    project(scratch, text)
    assay("test", directory=scratch).expect(3, "service 'api' not ready after 0.5 s", "log of api, last lines")


@check
def service_of_a_scenario_that_never_becomes_ready_fails_that_scenario(scratch):
    project(scratch, PROJECT.replace("ready: {log: at postgres}", "ready: {http: /health, within: 500ms}"))
    assay("test", directory=scratch).expect(1, "its stand did not come up", "service 'api' not ready after")


@check
def dependency_that_dies_in_the_middle_is_named(scratch):
    project(scratch, names="a", pause="60s")
    with started("test", directory=scratch) as process:
        wait_for(lambda: "sleep 600" in " ".join(descendants().values()), "the service running")
        postgres = [pid for pid, command in descendants().items() if "postgres -D" in command and "setpriv" not in command]
        for pid in postgres:
            os.kill(pid, signal.SIGKILL)
        Ended(("test",), process).expect(1, "postgres 'db' ended by itself: was ended by SIGKILL")


@check
def full_disk_for_the_data_directory_is_one_message(scratch):
    project(scratch)
    assay("test", directory=scratch).expect(0)  # the cached data directory is there
    # PostgreSQL's own user must be able to enter every folder above.
    disk = Path(tempfile.mkdtemp(prefix="assay-disk-"))
    disk.chmod(0o755)
    mount = ["mount", "-t", "tmpfs", "-o", "size=8m,mode=1777", "tmpfs", str(disk)]
    if subprocess.run(mount, capture_output=True).returncode != 0:
        print("not checked: full disk (mounting a small one is not allowed here)")
        disk.rmdir()
        return
    try:
        assay("test", directory=scratch, environment={"TMPDIR": str(disk)}).expect(3, "No space left on device")
        assert not list(disk.iterdir()), f"left behind: {list(disk.iterdir())}"
    finally:
        subprocess.run(["umount", str(disk)], check=True)
        disk.rmdir()


@check
def absent_programs_fall_back_or_are_told(scratch):
    text = PROJECT.replace("postgres: {migrations: db}", "postgres: {migrations: db, fallback: sqlite}")
    text = text.replace("redis: {}", "redis: {fallback: without}").replace("at postgres", "at sqlite")
    project(scratch, text)
    nowhere = {"ASSAY_PROGRAMS": "/nowhere"}
    assay("test", directory=scratch, environment=nowhere).expect(
        0, "3 passed", "SQLite, for PostgreSQL is not installed (`apt install postgresql`)")
    (scratch / "assay.yml").write_text(PROJECT.lstrip())
    assay("test", directory=scratch, environment=nowhere).expect(3, "PostgreSQL is not installed", "no `fallback`")
    (scratch / "assay.yml").write_text(PROJECT.lstrip().replace("migrations: db", "migrations: db, fallback: skip"))
    assay("test", directory=scratch).expect(0, "3 passed")
    (scratch / "assay.yml").write_text(
        PROJECT.lstrip().replace("migrations: db", "migrations: db, fallback: skip").replace("redis: {}", "redis: {fallback: skip}"))
    assay("test", "-v", directory=scratch, environment=nowhere).expect(5, "3 skipped", "apt install postgresql")
    (scratch / "load.yml").write_text(
        "assay: 1\nload: all\nscenarios: [{use: tests/a.yml}]\nusers: {start: 1, stages: [{for: 1s, to: 1}]}\n")
    assay("load", "load.yml", directory=scratch, environment=nowhere).expect(3, "PostgreSQL is not installed")


@check
def scenarios_are_skipped_for_what_their_own_services_and_records_need(scratch):
    project(
        scratch,
        """
assay: 1
project: skips
stand:
  dependencies:
    db: {sqlite: {}}
    old: {postgres: {version: 99, schema: s.sql, fallback: skip}}
  services:
    gone: {run: "echo ${old.url}; exec sleep 100", ready: {run: "true"}}
levels:
  integration: {scenarios: tests, isolation: database-per-scenario}
""",
    )
    (scratch / "s.sql").write_text("select 1;\n")
    for old in (scratch / "tests").glob("*.yml"):
        old.unlink()
    steps = {"plain": 'run: "true"', "service": 'run: "echo ${gone.url}"', "records": "truncate: {on: old}"}
    for name, step in steps.items():
        (scratch / "tests" / f"{name}.yml").write_text(f"assay: 1\nscenario: {name}\nsteps:\n  - {step}\n")
    assay("test", "-v", directory=scratch).expect(0, "1 passed", "2 skipped", "PostgreSQL 99 is not installed")

"""What the fourth document forbids in tests, as the one who breaks it meets it (D4.forbid); the network's part is in guard.py."""

from support import assay, check

PROJECT = """
assay: 1
project: rules
stand: {{dependencies: {{db: {{sqlite: {{schema: schema.sql}}}}}}}}
levels: {{e2e: {{scenarios: tests{isolation}}}}}
policy: {{slow-test: 50ms, order: random}}
"""


def project(folder, isolation="", **scenarios):
    (folder / "tests").mkdir(exist_ok=True)
    (folder / "assay.yml").write_text(PROJECT.format(isolation=isolation).lstrip())
    (folder / "schema.sql").write_text("create table orders (id integer primary key, state text not null);\n")
    for name, steps in scenarios.items():
        (folder / f"tests/{name}.yml").write_text(f"assay: 1\nscenario: {name}\nsteps:\n{steps}")


@check
def d4_forbids_slow_tests(scratch):
    project(scratch, quick="  - think: 0ms\n", slow="  - think: 80ms\n")
    assay("test", directory=scratch).expect(1, "1 passed, 1 failed", "slow", "50.0 ms")


@check
def d4_forbids_dependence_on_the_state_of_other_tests(scratch):
    # `ship` needs what `order` leaves: on shared tables some order of the two hides it, and another finds it.
    steps = {
        "order": "  - sql: {on: db, run: \"insert into orders values (1, 'new')\"}\n    expect: {row-count: 1}\n",
        "ship": "  - sql: {on: db, run: \"update orders set state = 'sent' where id = 1\"}\n    expect: {row-count: 1}\n"}
    project(scratch, **steps)
    seeds = range(1, 9)
    statuses = {seed: assay("test", "-j", "1", "--seed", str(seed), directory=scratch).status for seed in seeds}
    assert set(statuses.values()) == {0, 1}, f"both orders must come up, by seed: {statuses}"
    # With a database each, it is found whatever the order.
    project(scratch, isolation=", isolation: database-per-scenario", **steps)
    for seed in (1, 2):
        assay("test", "--seed", str(seed), directory=scratch).expect(1, "1 passed, 1 failed", "ship")

extension FileSchemas {
    static let projectSchema = template.replacing("DOUBLE", with: doubleType)

    private static let template = #"""
        @ project | project | A project: its stand, levels, pipelines and rules.
        assay! one : Version of the file's form.
        project! name : Name of the project.
        stand stand : What scenarios run against; Assay brings it up and takes it down.
        contracts name / [name] : Folders of contracts.
        factories name / [name] : Files of factories and fixtures.
        levels {level} : Levels of testing by name: unit, contract, integration, e2e, load.
        pipelines {[name]} : Which levels a pipeline runs, in order.
        components {value} : Parts of the code by their files, for coverage gates.
        policy policy : Rules that every run is held to.
        outputs outputs : Where metrics of load runs go.

        @ stand | stand | Dependencies, doubles and services.
        dependencies {dependency} : Databases and servers that services need.
        doubles {DOUBLE} : Stand-ins for what tests must not call.
        services {service} : Programs under test.
        production bool / name / [name] : This stand is production: only what reads runs here.

        @ dependency | | A database or a server.
        = anything
        postgres~ postgres-dependency / null : A PostgreSQL of its own.
        sqlite~ sqlite-dependency / null : An SQLite file.
        redis~ server-dependency / null : A redis-server, or the built-in double.
        prometheus~ server-dependency / null : A Prometheus.
        nats~ server-dependency / null : A NATS server.

        @ sqlite-dependency | sqlite dependency; sqlite fallback | An SQLite file, filled by scripts.
        schema name / [name] : SQL files that make the tables.
        migrations name / [name] / migrations : Folder of migrations, files, or a program.
        seed name / [name] : SQL files with the first rows.
        file text : Where the file is; a temporary one otherwise.

        @ migrations | migrations | A program that migrates.
        run! text : The command.
        inputs name / [name] : Files on which it depends.

        @ postgres-dependency | postgres dependency | A PostgreSQL server of its own, or one that is there.
        schema name / [name] : SQL files that make the tables.
        migrations name / [name] / migrations : Folder of migrations, files, or a program.
        seed name / [name] : SQL files with the first rows.
        database name : Name of the database.
        user name : Its owner.
        password text : Of the owner.
        version int : Major version that is wanted.
        port int : A port in place of a free one.
        settings {value} : Settings of postgresql.conf.
        url text : A server that is there; Assay makes databases of its own in it.
        fallback enum(sqlite|skip|without) / fallback : What happens where PostgreSQL is not installed.

        @ fallback | fallback | SQLite with scripts of its own.
        sqlite! sqlite-dependency : Its scripts.

        @ server-dependency | redis dependency; prometheus dependency; nats dependency | A server from this machine.
        * value
        port int : A port in place of a free one.
        config name / {value} : Its settings, or its configuration file.
        fallback enum(double|none|skip|without) : What happens where it is not installed.

        @ service | service | A program under test.
        run text / [text] : Command line; a list goes without a shell.
        image text : Container image in place of a program.
        command text / [text] : Command in the image.
        volumes [text] : Volumes of the container.
        network enum(host|bridge) : Network of the container.
        env {value} : Environment variables.
        folder text : Where it is started.
        port int : The port it listens on by itself; `${port}` otherwise.
        ports [name] / {value} : More ports by name.
        ready ready : When it counts as ready.
        stop stop : How it is ended.
        depends-on name / [name] : Parts that must be ready before.
        replicas int / template : So many copies.
        levels name / [name] : Only for these levels.
        contract~ name / [name] : The contracts that it keeps; `none` for no one.

        @ ready | ready | When a service counts as ready.
        within duration : How long that may take.
        status int : Status of `http`.
        http text : A path that answers.
        tcp bool : Its port accepts connections.
        log text : A line that it logs.
        run text : A command that ends well.
        ! http tcp log run

        @ stop | stop | How a service is ended.
        signal text : Name of the signal: TERM.
        within duration : How long it may take before it is killed.

        @ level | level | What a level runs.
        scenarios name : Folder of scenarios.
        run text / [text] : Command of another runner.
        profile name : A load profile.
        contracts name / [name] : Folders of contracts to check.
        pacts name / [name] / pacts : Pacts that the project's provider is verified with.
        openapi name : Document that a provider is probed with.
        isolation enum(none|reset|transaction|schema-per-scenario|database-per-scenario|process-per-scenario|redis-database|key-prefix) : What scenarios share.
        paths name / [name] : Files that concern the level, for `--changed`.
        junit name / [name] : Where its runner leaves JUnit XML.
        coverage name / [name] : Where its runner leaves coverage.
        folder name : Where its runner is started.
        env {value} : Environment of its runner.
        within duration : How long its runner may take.
        needs-stand bool : Whether its runner needs the stand.
        provider text : What is probed: a part of the stand, or a URL.
        cases int : How many requests an operation.
        bearer text : Token for the provider.
        methods [name] : Only operations of these methods.
        skip [name] : No operations like these.
        ignore [name] : Findings that do not count.

        @ pacts | pacts | Pacts and how the provider's states are made.
        files name / [name] : Pact files.
        provider text : What is verified.
        state-url text : Where states are asked for.
        state-teardown bool : Whether states are taken back.
        messages text : Where messages are asked for.
        provider-version text : Version that is verified.
        consumer-version text : Version of the consumers.
        headers {text} : Added to every request.
        states {name / null / pact-state} : Scenarios that make a state.

        @ pact-state | state | A scenario that makes a state.
        use name : Its file.
        with {value} : Its parameters.

        @ policy | policy | Rules that every run is held to.
        slow-test duration / enum(off) : A test that takes longer fails.
        order enum(random|declared) : Order of tests.
        timeout duration : How long one test may take.
        leftovers enum(deny|allow) / leftovers : Whether scenarios may leave anything behind.
        coverage value : Shares of lines that must be covered, by component.
        flaky flaky : What is done about tests that pass only when tried again.
        quarantine name / [value] / quarantine : Tests whose failures do not count.
        external-calls enum(deny|warn|allow) : Whether services may reach the outside.
        keep-recordings enum(never|failed|always) : Which recordings of calls stay.

        @ leftovers | leftovers | What scenarios may not leave behind.
        files name / [name] : Folders that are watched too.

        @ flaky | policy of flaky tests | Tests that pass only when tried again.
        retries int : How often a failed test is tried again.
        report bool : Whether they are told.
        fail bool : Whether they fail the run.

        @ quarantine | quarantine | Tests whose failures do not count.
        file name : A file with the list.
        tests [quarantine-entry] : The list itself.
        release-after int : Passes in a row after which a test is let out.

        @ quarantine-file | quarantine file | A list of tests whose failures do not count.
        assay! one : Version of the file's form.
        release-after int : Passes in a row after which a test is let out.
        quarantine! [quarantine-entry] : The tests.

        @ quarantine-entry | quarantine entry | A test whose failures do not count.
        test! name : Its name.
        reason! name : Why.
        issue text : Where that is tracked.
        until text : The last day, like 2026-12-31.

        @ outputs | 'outputs' | Where metrics of load runs go.
        push-gateway! text / push-gateway : A Prometheus Pushgateway.

        @ push-gateway | 'push-gateway' | A Prometheus Pushgateway.
        url! text : Its address.
        every duration : How often.
        labels {text} : Added to every metric.
        """#
}

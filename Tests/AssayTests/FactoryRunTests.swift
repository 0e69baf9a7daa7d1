import AssayCore
import AssayNet
import AssayReport
import AssayStand
import Testing

@testable import Assay

/// Whole runs of `assay test` over a project with factories and a real SQLite database.
@Suite("Factories in a run", .serialized, .timeLimit(.minutes(5)))
struct FactoryRunTests {
    /// The six tables of the inventory, and the users of the identity service; the schemas of PostgreSQL are left out.
    static let schema = """
        create table users (id text primary key, telegram_id integer unique, first_name text, username text);
        create table classifiers (id text primary key, code text not null unique);
        create table classifier_items (
            id text primary key, classifier_id text not null references classifiers (id), code text not null);
        create table items (
            id text primary key, name text not null, type_id text not null references classifier_items (id));
        create table item_images (
            id integer primary key autoincrement, item_id text not null references items (id), url text not null);
        create table daily_balances (
            user_id text not null, item_id text not null references items (id), day text not null,
            quantity integer not null, primary key (user_id, item_id, day));
        create table operations (
            id integer primary key autoincrement, user_id text not null, section_id text not null,
            item_id text not null references items (id), collection_id text not null,
            quality_level_id text not null references classifier_items (id), quantity_change integer not null,
            operation_type_id text not null, operation_id text not null unique);
        """

    /// The same with schemas, types and references that hold, as the worked example has them.
    static let postgresSchema = """
        create schema auth; create schema inventory;
        create table auth.users (
            id uuid primary key, telegram_id bigint not null unique, first_name text, username text,
            created_at timestamptz not null default now());
        create table inventory.classifiers (id text primary key, code text not null unique);
        create table inventory.classifier_items (
            id text primary key, classifier_id text not null references inventory.classifiers, code text not null);
        create table inventory.items (
            id uuid primary key, name text not null, type_id text not null references inventory.classifier_items);
        create table inventory.item_images (
            id serial primary key, item_id uuid not null references inventory.items, url text not null);
        create table inventory.daily_balances (
            user_id uuid not null references auth.users, item_id uuid not null references inventory.items,
            day date not null, quantity bigint not null, primary key (user_id, item_id, day));
        create table inventory.operations (
            id bigserial primary key, user_id uuid not null references auth.users, section_id text not null,
            item_id uuid not null references inventory.items, collection_id text not null,
            quality_level_id text not null references inventory.classifier_items, quantity_change bigint not null,
            operation_type_id text not null, operation_id uuid not null unique);
        -- So that both kinds of database are asked the same questions.
        alter role postgres set search_path = inventory, auth, public;
        """

    static let databases = Installed().postgres.isEmpty ? ["sqlite"] : ["sqlite", "postgres"]

    /// The helpers of the worked example: CreateTestUser, AddTestItems, SeedClassifiers, GenerateTestJWT and
    /// GetTestAuthHeaders.
    static let factories = """
        assay: 1
        factories:
          user:
            table: auth.users
            fields:
              id: "${uuid()}"
              telegram_id: {sequence: 123456789}
              first_name: Test User
              username: "testuser-${n}"
          item:
            table: inventory.items
            fields: {id: "${uuid()}", name: "item ${n}", type_id: {ref: item-types.weapon.id}}
            after: [{create: {factory: image, with: {item: "${self}"}}}]
          image:
            table: inventory.item_images
            returning: id
            fields: {item_id: {factory: item, take: id}, url: "https://cdn.example.test/${item_id}.png"}
          operation:
            table: inventory.operations
            returning: id
            fields:
              user_id: {factory: user, take: id}
              section_id: main
              item_id: {ref: sword.id}
              collection_id: base
              quality_level_id: {ref: quality-levels.common.id}
              quantity_change: 1
              operation_type_id: chest_reward
              operation_id: "${uuid()}"
          balance:
            table: inventory.daily_balances
            key: [user_id, item_id, day]
            fields: {user_id: {factory: user, take: id}, item_id: {ref: sword.id}, day: 2026-01-31, quantity: 5}
          jwt:
            params: {user: {factory: user}}
            fields: {token: "${jwt({sub: user.id, telegram_id: user.telegram_id}, 'test-key')}"}
          auth-headers:
            params: {user: {factory: user}, jwt: {factory: jwt, with: {user: "${user}"}}}
            fields: {Authorization: "Bearer ${jwt.token}", Content-Type: application/json}
        fixtures:
          classifier-rows:
            table: inventory.classifiers
            rows: {types: {id: c-1, code: item_type}, levels: {id: c-2, code: quality_level}}
          item-types:
            table: inventory.classifier_items
            rows: {weapon: {id: t-1, classifier_id: {ref: classifier-rows.types.id}, code: weapon}}
          quality-levels:
            table: inventory.classifier_items
            rows: {common: {id: q-1, classifier_id: {ref: classifier-rows.levels.id}, code: common}}
          classifiers: {load: [classifier-rows, item-types, quality-levels]}
          sword: {factory: item, with: {name: sword}}
        """

    struct Ended {
        var code: ExitCode
        var tests: [TestResult]
        var steps: [StepResult] { tests.flatMap(\.steps) }
        func failure(_ place: Int = 0) -> Mismatch? {
            steps.filter { $0.status == .failed }.flatMap(\.mismatches).dropFirst(place).first
        }
    }

    /// Runs scenarios, each given as its steps, in a project of their own.
    static func run(
        _ scenarios: [String: String], on database: String = "sqlite", factories: String = factories,
        isolation: String = "none", name: String = #function
    ) throws -> Ended {
        let folder = try project(
            scenarios, on: database, factories: factories, isolation: isolation, name: name)
        defer { try? Files.remove(folder) }
        var job = TestJob()
        job.project = folder
        job.jobs = 1
        job.seed = 7
        job.out = folder + "/out"
        let code = job.run(Console(colours: false, isQuiet: true))
        guard let bytes = try? Files.read(folder + "/out/record.jsonl") else {
            return Ended(code: code, tests: [])
        }
        return Ended(code: code, tests: try RecordReader.read(bytes, file: "record").record.tests)
    }

    /// The folder of a project.
    static func project(
        _ scenarios: [String: String], on database: String = "sqlite", factories: String = factories,
        isolation: String = "none", name: String
    ) throws -> String {
        let safe = String(name.filter { $0.isLetter }) + "-" + database
        let folder = "/tmp/assay-factory-tests-\(Host.processID)-\(safe)"
        try Files.makeFolder(folder + "/tests")
        try Files.makeFolder(folder + "/factories")
        func write(_ text: String, _ path: String) throws {
            try Files.write(Array(text.utf8), to: folder + path)
        }
        try write(
            """
            assay: 1
            project: factories
            stand: {dependencies: {db: {\(database): {schema: schema.sql}}}}
            factories: factories
            levels: {integration: {scenarios: tests, isolation: \(isolation)}}
            """, "/assay.yml")
        try write(database == "sqlite" ? schema : postgresSchema, "/schema.sql")
        try write(factories, "/factories/all.yml")
        for (name, steps) in scenarios {
            try write("assay: 1\nscenario: \(name)\nsteps:\n\(steps)\n", "/tests/\(name).yml")
        }
        return folder
    }

    private static let empty = """
        - sql:
            on: db
            query: select (select count(*) from operations) + (select count(*) from daily_balances)
              + (select count(*) from item_images) + (select count(*) from items)
              + (select count(*) from classifier_items) + (select count(*) from classifiers) as n
          expect: {rows: [{n: 0}]}

        """

    @Test("the test utilities of the worked example are fixtures and factories", arguments: databases)
    func utilities(database: String) throws {
        let steps = """
            - fixture: {load: [classifiers], cleanup: false}
            - create: {factory: user, cleanup: false}
              expect: {json: {$.telegram_id: 123456789, $.username: testuser-0, $.first_name: Test User}}
              capture: {user: $, id: $.id}
            - create:
                factory: operation
                cleanup: false
                with: {user: "${user}"}
                each:
                  - {quantity_change: 100}
                  - {quantity_change: -30, section_id: factory}
              expect: {json: {"$[1].id": 2, "$[0].collection_id": base}}
            - create: {factory: balance, with: {user: "${user}"}, cleanup: false}
            - sql:
                on: db
                query: select o.quantity_change as q, i.name as item, c.code as quality from operations o
                  join items i on i.id = o.item_id join classifier_items c on c.id = o.quality_level_id
                  join item_images m on m.item_id = i.id where o.user_id = $1 order by o.id
                args: ["${id}"]
              expect: {rows: [{q: 100, item: sword, quality: common}, {q: -30, item: sword, quality: common}]}
            - build: {factory: auth-headers, with: {user: "${user}"}}
              expect:
                json: {"$['Content-Type']": application/json, $.Authorization: {matches: "^Bearer .+[.].+[.].+$"}}
              capture: {headers: $}
            - run: {command: [echo, "${base64.decode(split(headers.Authorization, '.')[1])}"]}
              expect: {json: {$.sub: "${id}", $.telegram_id: 123456789}}
            - truncate:
                tables:
                  - inventory.operations
                  - inventory.daily_balances
                  - inventory.item_images
                  - inventory.items
                  - inventory.classifier_items
                  - inventory.classifiers
                cascade: true
                restart: true
            \(Self.empty)
            - sql: {on: db, query: "select username from users"}
              expect: {rows: [{username: testuser-0}]}
            """
        let ended = try Self.run(["utilities": steps], on: database)
        #expect(ended.code == .passed, "\(ended.failure().map { "\($0)" } ?? "")")
        try #require(ended.steps.count > 7)
        let insert = ended.steps[1].exchange
        let table = database == "sqlite" ? "\"users\"" : "\"auth\".\"users\""
        #expect(
            insert?.request.hasPrefix(
                "insert into \(table) (\"id\", \"telegram_id\", \"first_name\", \"username\") "
                    + "values ($1, $2, $3, $4) returning *\n$1 = \"") == true)
        #expect(insert?.response.contains(#""telegram_id":123456789"#) == true)
        let emptied = ended.steps.first { $0.kind == "truncate" }?.exchange?.request.split(separator: "\n")
        #expect(
            emptied?.first.map(String.init)
                == (database == "sqlite"
                    ? #"delete from "operations""#
                    : #"truncate table "inventory"."operations", "inventory"."daily_balances", "#
                        + #""inventory"."item_images", "inventory"."items", "inventory"."classifier_items", "#
                        + #""inventory"."classifiers" restart identity cascade"#))
    }

    @Test(
        "what a scenario creates is taken out again in reverse order, whether it passes or fails",
        arguments: databases)
    func cleanup(database: String) throws {
        let create = """
            - fixture: sword
            - create: {factory: operation, count: 2}
            - parallel: {times: 3, steps: [{create: {factory: operation}}]}

            """
        let scenarios = [
            "a-passes": create,
            "b-fails": create
                + "- create: {factory: user, count: 3, with: {telegram_id: {cycle: [1, 2, 1]}}}",
            "c-empty": Self.empty + """
                - sql: {on: db, query: select * from users}
                  expect: {rows: []}
                """,
        ]
        let ended = try Self.run(scenarios, on: database)
        #expect(ended.code == .failed)
        #expect(
            ended.tests.map { "\($0.scenario) \($0.status)" }.sorted() == [
                "a-passes passed", "b-fails failed", "c-empty passed",
            ])
        let undone = ended.tests.filter { $0.scenario == "a-passes" }.flatMap(\.steps).filter(\.isCleanup)
        #expect(undone.allSatisfy { $0.status == .passed })
        #expect(undone.last?.name == "remove 5 rows of fixture sword")
        let statements = undone.last?.exchange?.request.split(separator: "\n").filter {
            $0.hasPrefix("delete")
        }
        #expect(
            statements?.map { $0.split(separator: "\"")[database == "sqlite" ? 1 : 3] } == [
                "item_images", "items", "classifier_items", "classifiers",
            ])
        let failure = ended.failure()
        #expect(failure?.subject == "row of factory 'user'" && failure?.expected == "in auth.users")
        #expect(
            failure?.actual.hasPrefix(
                database == "sqlite"
                    ? "UNIQUE constraint failed: users.telegram_id"
                    : "duplicate key value violates unique constraint") == true)
        #expect(failure?.location?.file.hasSuffix("factories/all.yml") == true)
        #expect(failure?.location?.line == 3)
    }

    @Test(
        "where the database is put back anyway, rows are only taken out when a step says so",
        arguments: ["database-per-scenario", "truncate", "transaction"])
    func isolated(isolation: String) throws {
        let create = "- create: user\n- create: {factory: user, cleanup: true}\n"
        let count = """
            - sql: {on: db, query: select username from users}
              expect: {rows: [{username: testuser-0}, {username: testuser-1}]}
            """
        let ended = try Self.run(
            ["a": create + count, "b": create + count], isolation: isolation, name: isolation)
        #expect(ended.code == .passed, "\(ended.failure().map { "\($0)" } ?? "")")
        let undone = ended.steps.filter(\.isCleanup)
        #expect(undone.map(\.name) == ["remove the row of create user", "remove the row of create user"])
    }

    @Test("a scenario draws the same values alone and behind others")
    func alone() throws {
        let steps = """
            - create: {factory: user, cleanup: false}
              expect: {json: {$.username: testuser-0}}
            - create: {factory: image}
              expect: {json: {$.id: 2}}
            - truncate: {except: users, restart: true}

            """
        let other = "- create: {factory: user, count: 2, with: {telegram_id: \"${index}\"}}\n"
        let alone = try Self.run(["z": steps], name: "alone")
        let behind = try Self.run(["a": other, "z": steps], name: "alone")
        #expect(alone.code == .passed && behind.code == .passed)
        func made(_ ended: Ended) -> [String?] {
            ended.tests.filter { $0.scenario == "z" }.flatMap(\.steps).map { $0.exchange?.request }
        }
        #expect(made(alone) == made(behind) && made(alone).count == 4)
    }

    @Test(
        "users of a load draw numbers of their own, and find the fixtures that its setup loaded",
        arguments: databases)
    func load(database: String) throws {
        let folder = try Self.project(
            ["order": "- create: {factory: operation, cleanup: false}\n- create: {factory: user}\n"],
            on: database, name: "load")
        defer { try? Files.remove(folder) }
        try Files.write(
            Array(
                """
                assay: 1
                load: orders
                scenarios: [tests/order.yml]
                iterations: {users: 4, each: 5}
                setup: [{fixture: [classifiers, sword]}, {create: user}]
                """.utf8), to: folder + "/load.yml")
        var job = LoadJob()
        (job.project, job.profile, job.out) = (folder, folder + "/load.yml", folder + "/out")
        #expect(job.run(Console(colours: false, isQuiet: true)) == .passed)
        let bytes = try Files.read(folder + "/out/record.jsonl")
        let record = try RecordReader.read(bytes, file: "record").record
        #expect(record.failures.map { "\($0.reason) \($0.mismatches)" } == [])
        let reason = record.end?.verdict.reasons ?? []
        #expect(record.end?.verdict.status == .passed, "\(reason)")
    }

    @Test("reports show statements with their values, secrets masked")
    func masked() throws {
        let path = try #require(Host.environment("PATH"))
        let factories = """
            assay: 1
            factories: {user: {table: users, fields: {id: "u'1", first_name: "${secret.PATH}"}}}
            """
        let ended = try Self.run(["a": "- create: user"], factories: factories)
        #expect(ended.code == .passed)
        let shown = try #require(ended.steps.first?.exchange)
        #expect(
            shown.request == """
                insert into "users" ("id", "first_name") values ($1, $2) returning *
                $1 = "u'1"
                $2 = "•••"
                """)
        #expect(shown.summary.hasPrefix("db → 1 statement in "))
        #expect(!shown.response.contains(path))
        let undone = ended.steps.last?.exchange?.request
        #expect(undone == "delete from \"users\" where \"id\" = $1\n$1 = \"u'1\"")
    }

    @Test("assay check names what is wrong in factories and in the steps that use them")
    func check() throws {
        #expect(try Self.run(["a": "- create: usr"]).code == .badInput)
        #expect(
            try Self.run(["a": "- create: user"], factories: "assay: 1\nfactories: {user: {tabel: x}}").code
                == .badInput)
    }
}

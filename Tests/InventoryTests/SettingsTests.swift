import AssayNet
import Testing

@testable import inventory_service

@Suite("What the inventory service is told")
struct SettingsTests {
    private static func settings(
        _ environment: [String: String], _ arguments: [String] = []
    ) -> Result<Settings, Settings.Fault> {
        var environment = environment
        environment["JWT_KEY"] = "key"
        do throws(Settings.Fault) {
            return .success(try Settings(arguments: arguments) { environment[$0] })
        } catch {
            return .failure(error)
        }
    }

    private static let postgresParts = [
        "DB_HOST": "postgres", "DB_NAME": "shard_legends", "DB_USER": "postgres", "DB_PASSWORD": "p w'@\\",
    ]

    @Test(
        "the environment says which database, and the log never says a password",
        arguments: [
            ([:], "sqlite inventory.db"),
            (["DB_URL": "sqlite:///kept/here.db"], "sqlite kept/here.db"),
            (["DB_URL": "sqlite:////var/here.db"], "sqlite /var/here.db"),
            (["DB_URL": "postgres://me:secret@db:5433/stock?sslmode=disable"], "postgres db:5433/stock"),
            (["DB_URL": "postgresql://me:se?cr@et@db/stock"], "postgres db/stock"),
            (["DB_URL": "postgres:///stock?host=/run/pg&password=secret"], "postgres /stock"),
            (postgresParts, "postgres postgres:5432/shard_legends"),
            (postgresParts.merging(["DB_PORT": "6000"]) { $1 }, "postgres postgres:6000/shard_legends"),
            (postgresParts.merging(["DB_URL": "sqlite:///wins.db"]) { $1 }, "sqlite wins.db"),
        ] as [([String: String], String)])
    func database(environment: [String: String], shown: String) throws {
        #expect(try Self.settings(environment).get().database.shown == shown)
    }

    @Test("parts reach libpq word for word, as keywords that need no escaping")
    func parts() throws {
        guard case .postgres(let address, _) = try Self.settings(Self.postgresParts).get().database else {
            Issue.record("it is no PostgreSQL")
            return
        }
        let words = Dictionary(uniqueKeysWithValues: address.parameters.map { ($0.keyword, $0.value) })
        #expect(
            words == [
                "host": "postgres", "port": "5432", "dbname": "shard_legends", "user": "postgres",
                "password": "p w'@\\",
            ])
    }

    @Test(
        "Redis is used when the environment names one",
        arguments: [
            ([:], nil),
            (["REDIS_URL": "redis://me:secret@cache:7000/2"], "redis://cache:7000/2"),
            (["REDIS_URL": "unix:///run/redis.sock"], "unix:///run/redis.sock"),
            (["REDIS_HOST": "redis"], "redis://redis:6379"),
            (["REDIS_HOST": "redis", "REDIS_PORT": "7000"], "redis://redis:7000"),
        ] as [([String: String], String?)])
    func redis(environment: [String: String], shown: String?) throws {
        #expect(try Self.settings(environment).get().redis?.description == shown)
    }

    @Test("an option wins over the environment, and takes a URL too")
    func option() throws {
        let environment = ["DB_URL": "sqlite:///environment.db", "SERVER_PORT": "1", "PORT": "2"]
        let plain = try Self.settings(environment).get()
        #expect(plain.database.shown == "sqlite environment.db" && plain.address.port == 1)
        let file = try Self.settings(environment, ["--db", "option.db", "--port", "3"]).get()
        #expect(file.database.shown == "sqlite option.db" && file.address.port == 3)
        let url = try Self.settings(environment, ["--db", "postgres://db/stock"]).get()
        #expect(url.database.shown == "postgres db/stock")
    }

    @Test(
        "what cannot be is refused by name, without its secrets",
        arguments: [
            (
                ["DB_URL": "mysql://me:secret@db/x"],
                "DB_URL begins with sqlite:/// or postgres://, found 'mysql:…'"
            ),
            (
                ["DB_URL": "postgres://me:secret@[::1/x"],
                "DB_URL is no address of a PostgreSQL server: [::1/x"
            ),
            (
                ["DB_URL": "postgres://me:secret@db/x?no-such=1"],
                "DB_URL is no address of a PostgreSQL server: db/x"
            ),
            (["DB_HOST": "db"], "DB_HOST is set, so DB_NAME and DB_USER are needed too"),
            (postgresParts.merging(["DB_PORT": "x"]) { $1 }, "DB_PORT is a number up to 65535, found 'x'"),
            (postgresParts.merging(["DB_NAME": "a=b"]) { $1 }, "DB_NAME is a database's name, found 'a=b'"),
            (
                ["REDIS_URL": "http://me:secret@cache"],
                "REDIS_URL: 'http://***@cache': expected the scheme redis or unix, got 'http'"
            ),
            (["DB_CONNECTIONS": "9"], "DB_CONNECTIONS is a number from 1 to 8, found '9'"),
            (["METRICS_PORT": "-1"], "METRICS_PORT is a number up to 65535, found '-1'"),
        ] as [([String: String], String)])
    func refused(environment: [String: String], message: String) {
        guard case .failure(let fault) = Self.settings(environment) else {
            Issue.record("it was taken")
            return
        }
        #expect(fault.message == message)
    }
}

/// A reference like `ghcr.io/x/auth:1@sha256:…`.
struct ImageReference: Equatable {
    /// Without registry and `library/`: `prom/prometheus`.
    var repository: String
    var tag: String?

    init(_ text: String) {
        var rest = text[...]
        if let digest = rest.firstIndex(of: "@") { rest = rest[..<digest] }
        var parts = rest.split(separator: "/", omittingEmptySubsequences: false)
        if let last = parts.last, let colon = last.firstIndex(of: ":") {
            tag = String(last[last.index(after: colon)...])
            parts[parts.count - 1] = last[..<colon]
        }
        if parts.count > 1, let first = parts.first,
            first.contains(".") || first.contains(":") || first == "localhost"
        {
            parts.removeFirst()
        }
        if parts.count > 1, parts.first == "library" { parts.removeFirst() }
        repository = parts.joined(separator: "/").lowercased()
    }

    /// The leading number of the tag: 17 of `17.2-alpine`.
    var majorVersion: Int? { tag.flatMap { Int($0.drop { $0 == "v" }.prefix { $0.isNumber }) } }
}

/// What stands here in place of an image.
enum KnownImage: Equatable {
    /// A dependency of the stand, by its keyword; `lacks` says what the image has besides.
    case dependency(String, lacks: String? = nil)
    /// Applies migrations and ends; the stand does that by itself.
    case migrations(String)
    /// Not run here; the advice of what to do.
    case advised(String)

    static func of(_ image: ImageReference) -> KnownImage? {
        table.first { $0.repositories.contains(image.repository) }?.meaning
    }

    private static let table: [(repositories: [String], meaning: KnownImage)] = [
        (
            ["postgres", "bitnami/postgresql", "bitnamilegacy/postgresql", "cimg/postgres"],
            .dependency("postgres")
        ),
        (
            ["postgis/postgis"],
            .dependency(
                "postgres", lacks: "PostGIS must be installed beside PostgreSQL: `apt install postgis`")
        ),
        (
            ["timescale/timescaledb", "timescale/timescaledb-ha"],
            .dependency("postgres", lacks: "the extension timescaledb must be installed beside PostgreSQL")
        ),
        (
            ["pgvector/pgvector", "ankane/pgvector"],
            .dependency("postgres", lacks: "the extension vector must be installed beside PostgreSQL")
        ),
        (
            [
                "redis", "bitnami/redis", "bitnamilegacy/redis", "cimg/redis", "valkey/valkey",
                "bitnami/valkey",
                "eqalpha/keydb",
            ], .dependency("redis")
        ),
        (
            ["redis/redis-stack", "redis/redis-stack-server"],
            .dependency(
                "redis", lacks: "the modules of redis-stack (JSON, search, …) are not in redis-server")
        ),
        (["prom/prometheus", "prometheus/prometheus", "bitnami/prometheus"], .dependency("prometheus")),
        (["prom/pushgateway", "prometheus/pushgateway", "bitnami/pushgateway"], .dependency("pushgateway")),
        (["nats", "bitnami/nats"], .dependency("nats")),
        (["migrate/migrate", "amacneil/dbmate"], .migrations("migrations")),
        (["flyway/flyway", "redgate/flyway", "boxfuse/flyway"], .migrations("sql")),
        (
            ["grafana/grafana", "grafana/grafana-oss", "grafana/grafana-enterprise"],
            .advised("dashboards are for people: tests read metrics from the service or from Prometheus")
        ),
        (
            [
                "adminer", "dpage/pgadmin4", "rediscommander/redis-commander", "redis/redisinsight",
                "portainer/portainer-ce",
            ],
            .advised("it is a tool for people and no part of a test")
        ),
        (
            [
                "mailhog/mailhog", "axllent/mailpit", "jaegertracing/all-in-one",
                "otel/opentelemetry-collector",
            ],
            .advised("run its program as a dependency with `run:` where tests look at it")
        ),
    ]
}

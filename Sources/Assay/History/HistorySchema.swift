/// Tables of the history, by version; Documentation/flaky.md, compare.md and can-deploy.md describe them.
enum HistorySchema {
    /// Of a history of this Assay.
    static let version: Int64 = 4

    /// What makes version n + 1 of version n.
    static let steps: [[String]] = [
        [
            """
            create table runs (
                id integer primary key autoincrement, kind text not null, project text not null, name text not null,
                started integer not null, duration integer not null, verdict text not null, reasons text not null,
                "commit" text, changed integer not null, branch text, seed text not null, folder text not null,
                passed integer not null, failed integer not null, flaky integer not null,
                quarantined integer not null, skipped integer not null, requests integer not null)
            """,
            """
            create table tests (
                run integer not null, level text not null, scenario text not null, "case" text, file text not null,
                status text not null, flaky integer not null, attempts integer not null, duration integer not null,
                reason text)
            """,
            #"create index tests_by_name on tests (level, scenario, "case", run)"#,
            "create index tests_by_run on tests (run)",
        ],
        // The figures of a load run, as JSON.
        ["alter table runs add column load text", "create index runs_by_name on runs (kind, name)"],
        // What contracts were verified, and which versions run where; Documentation/can-deploy.md.
        [
            """
            create table verifications (
                id integer primary key autoincrement, consumer text not null, consumer_version text not null,
                contract text not null, content text not null, provider text not null,
                provider_version text not null, success integer not null, detail text not null,
                at integer not null, folder text not null)
            """,
            "create index verifications_by_consumer on verifications (consumer, provider)",
            "create index verifications_by_provider on verifications (provider, consumer)",
            """
            create table deployments (
                id integer primary key autoincrement, service text not null, version text not null,
                environment text not null, since integer not null, until integer)
            """,
            "create index deployments_by_place on deployments (environment, service)",
        ],
        // Thin records of load runs, for comparing when their folders are gone: base64 of gzip of JSON lines.
        ["create table records (run integer primary key, record text not null)"],
    ]

    /// Status of a test that failed for nothing but a contract; the others are those of ``TestResult/Status``.
    static let drifted = "drifted"

    enum Fit {
        case good
        /// Nothing is there yet.
        case empty
        /// A newer Assay made it.
        case newer(Int64)
    }

    static func fit(of database: any HistoryDatabase) throws(HistoryFailure) -> Fit {
        switch try database.version() {
        case 0: .empty
        case let found where found > version: .newer(found)
        default: .good
        }
    }

    /// Whether there are ``MatrixStore``'s tables already.
    static func hasMatrix(_ database: any HistoryDatabase) throws(HistoryFailure) -> Bool {
        try database.version() >= 3
    }

    /// Whether there are thin records already.
    static func hasRecords(_ database: any HistoryDatabase) throws(HistoryFailure) -> Bool {
        try database.version() >= 4
    }

    /// Brings the tables up to this version. Call it inside a transaction.
    static func complete(_ database: any HistoryDatabase) throws(HistoryFailure) {
        let found = try database.version()
        guard found < version else { return }
        for step in steps[Int(max(0, found))...] {
            for statement in step { try database.run(database.dialect(statement)) }
        }
        try database.keep(version: version)
    }
}

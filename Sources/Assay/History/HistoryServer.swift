internal import AssayCore
internal import AssayStand

/// The history in a PostgreSQL database, which several CI jobs write at once.
final class HistoryServer: HistoryDatabase {
    private let session: PostgresSession
    private let address: HistoryAddress
    /// Held by a transaction that writes: migrations and pruning of two jobs do not meet. Nothing but a number that
    /// other programs are unlikely to use: "assay".
    private static let lock: Int64 = 0x6173_7361_79

    /// Connects; the password is in no message.
    init(_ address: HistoryAddress, patience: Duration) throws(HistoryFailure) {
        self.address = address
        do throws(PostgresSession.Failure) {
            session = try PostgresSession(address.url, patience: patience)
        } catch {
            throw HistoryFailure(server: address.mask(error.message))
        }
    }

    func run(_ text: String, each lists: [[HistoryValue]]) throws(HistoryFailure) -> [[HistoryValue]] {
        let statement = Self.numbered(text)
        var rows: [[HistoryValue]] = []
        do throws(PostgresSession.Failure) {
            for values in lists {
                for row in try session.run(statement, values.map(\.ofSession)) {
                    rows.append(row.map(HistoryValue.init))
                }
            }
        } catch {
            throw HistoryFailure(server: address.mask(error.message))
        }
        return rows
    }

    func begin() throws(HistoryFailure) {
        try run("begin")
        try run("select pg_advisory_xact_lock(\(Self.lock))")
    }

    func version() throws(HistoryFailure) -> Int64 {
        let known = try run(
            """
            select 1 from information_schema.tables
            where table_name = 'assay_history' and table_schema = any (current_schemas(false))
            """)
        guard !known.isEmpty else { return 0 }
        return try run("select max(version) from assay_history").first?.first?.int ?? 0
    }

    func keep(version: Int64) throws(HistoryFailure) {
        try run("create table if not exists assay_history (version bigint not null)")
        try run("delete from assay_history")
        try run("insert into assay_history (version) values (?)", [.int(version)])
    }

    func dialect(_ statement: String) -> String {
        statement
            .replacing(
                "integer primary key autoincrement", with: "bigint generated always as identity primary key"
            )
            .replacing(" integer", with: " bigint")
    }

    /// `?` outside of texts becomes `$1`, `$2`…
    static func numbered(_ text: String) -> String {
        var (out, number, isText) = ("", 0, false)
        for character in text {
            if character == "'" { isText.toggle() }
            if character == "?", !isText {
                number += 1
                out += "$\(number)"
            } else {
                out.append(character)
            }
        }
        return out
    }
}

extension HistoryValue {
    fileprivate var ofSession: PostgresSession.Value {
        switch self {
        case .null: .null
        case .int(let number): .int(number)
        case .text(let text): .text(text)
        }
    }

    fileprivate init(_ value: PostgresSession.Value) {
        switch value {
        case .null: self = .null
        case .int(let number): self = .int(number)
        case .text(let text): self = .text(text)
        }
    }
}

/// The URL of a history's server, and what of it a person may see.
struct HistoryAddress: Sendable, Equatable {
    /// With its password, for libpq alone.
    let url: String
    /// Without.
    let shown: String
    private let secrets: [String]

    /// - Returns: `nil` when the text is no URL of PostgreSQL.
    init?(_ text: String) {
        guard let scheme = ["postgres://", "postgresql://"].first(where: text.hasPrefix) else { return nil }
        url = text
        let rest = text.dropFirst(scheme.count)
        // A password may hold any of `:/?@` when nobody escaped it: up to the last `@`, all may be of it.
        var (user, place) = ("", String(rest))
        var secrets: [String] = []
        if let at = rest.lastIndex(of: "@"), let colon = rest[..<at].firstIndex(of: ":") {
            secrets.append(String(rest[rest.index(after: colon)..<at]))
            (user, place) = (String(rest[...colon]) + "***", String(rest[at...]))
        }
        let parts = place.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        if parts.count == 2 {
            let words = parts[1].split(separator: "&", omittingEmptySubsequences: false).map {
                word -> String in
                guard let sign = word.firstIndex(of: "="),
                    ["password", "sslpassword"].contains(Self.decoded(String(word[..<sign])))
                else { return String(word) }
                secrets.append(String(word[word.index(after: sign)...]))
                return word[...sign] + "***"
            }
            place = parts[0] + "?" + words.joined(separator: "&")
        }
        if user.contains(where: { "/?".contains($0) }) || parts[0].contains(where: { "&=".contains($0) }) {
            // An `@` of the query, or a password in a place that has none.
            secrets.append(String(rest))
            shown = scheme + "***"
        } else {
            shown = scheme + user + place
        }
        self.secrets = Self.hidden(secrets)
    }

    /// Secrets as messages may have them, the longest first: whole, decoded, and in the pieces in which whoever reads the
    /// address otherwise takes them for a host, a port or a database.
    private static func hidden(_ secrets: [String]) -> [String] {
        var all = secrets + secrets.map(decoded)
        for secret in secrets where secret.contains(where: { "/?@".contains($0) }) {
            for piece in secret.split(whereSeparator: { "/?@:&=".contains($0) }) {
                all.append(piece.count > 1 ? String(piece) : "\"\(piece)\"")
            }
        }
        return all.filter { !$0.isEmpty }.sorted { $0.utf8.count > $1.utf8.count }
    }

    /// A text with neither the address nor its passwords in it.
    func mask(_ text: String) -> String {
        secrets.reduce(text.replacing(url, with: shown)) { $0.replacing($1, with: "***") }
    }

    /// `%40` is `@`.
    private static func decoded(_ text: String) -> String {
        var (bytes, rest) = ([UInt8](), Array(text.utf8)[...])
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

internal import AssayFormats
internal import AssayNet
internal import AssayWire

/// How Telegram signs what it says about somebody who logs in.
///
/// Source: core.telegram.org/widgets/login (the login widget), core.telegram.org/bots/webapps (init data).
enum TelegramSignature {
    /// Which of the two.
    enum Form {
        /// Keyed with SHA-256 of the bot's token.
        case login
        /// Keyed with HMAC-SHA-256 of the bot's token under `WebAppData`.
        case webApp
    }

    /// Why signed fields do not count.
    enum Refusal: String, Error {
        case missingHash = "missing_hash"
        case badHash = "bad_hash"
        case missingField = "missing_field"
        case stale = "stale_auth_date"
    }

    /// HMAC-SHA-256 over `key=value` lines, sorted, in small hexadecimal digits.
    static func hash(of fields: [(name: String, value: String)], _ form: Form, token: String) -> String {
        let lines = fields.filter { $0.name != "hash" }.map { "\($0.name)=\($0.value)" }
        // By bytes, as all of Telegram's names are ASCII.
        let sorted = lines.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        let key =
            switch form {
            case .login: Crypto.sha256(Array(token.utf8))
            case .webApp: Crypto.hmacSHA256(key: Array("WebAppData".utf8), Array(token.utf8))
            }
        return hexadecimal(Crypto.hmacSHA256(key: key, Array(sorted.joined(separator: "\n").utf8)))
    }

    /// - Parameters:
    ///   - oldest: the earliest `auth_date` that counts, seconds since 1970.
    static func verify(
        _ fields: [(name: String, value: String)], _ form: Form, token: String, oldest: Int64
    ) throws(Refusal) {
        guard let hash = fields.first(where: { $0.name == "hash" })?.value else { throw .missingHash }
        let expected = self.hash(of: fields, form, token: token)
        guard Crypto.equal(Array(hash.utf8), Array(expected.utf8)) else { throw .badHash }
        let needed = form == .login ? ["id", "first_name", "auth_date"] : ["auth_date"]
        for name in needed where !fields.contains(where: { $0.name == name && !$0.value.isEmpty }) {
            throw .missingField
        }
        let moment = fields.first { $0.name == "auth_date" }.flatMap { Int64($0.value) }
        guard let moment else { throw .missingField }
        guard moment >= oldest else { throw .stale }
    }

    /// Fields as a query, in their order.
    static func query(_ fields: [(name: String, value: String)]) -> String {
        fields.map { percentEncoded($0.name, for: .query) + "=" + percentEncoded($0.value, for: .query) }
            .joined(separator: "&")
    }
}

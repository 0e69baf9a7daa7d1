public import AssayFormats

/// Names of members, headers and parameters whose values are secrets.
public enum SecretWords {
    private static let parts = [
        "password", "passwd", "passphrase", "secret", "token", "apikey", "authorization", "credential",
        "privatekey", "accesskey", "sessionid", "cookie", "signature",
    ]
    private static let whole: Set<String> = ["pwd", "pin", "otp", "cvv", "cvc", "ssn", "auth", "jwt", "sid"]

    /// Whether the value of such a name is never to be written.
    public static func isSecret(_ name: String) -> Bool {
        let word = name.lowercased().filter { $0 != "-" && $0 != "_" && $0 != "." && $0 != " " }
        return whole.contains(word) || parts.contains { word.contains($0) }
    }

    /// What stands in place of a secret.
    public static let mask = "•••"
}

/// Takes secrets out of values that are written somewhere.
public struct SecretMasking: Sendable {
    /// Texts that are secrets wherever they stand, longest first.
    private let texts: [String]
    /// A shorter text would be found where it means something else.
    private static let shortest = 4

    /// - Parameter texts: credentials that were seen, like a bearer token.
    public init(_ texts: Set<String> = []) {
        self.texts = texts.filter { $0.utf8.count >= Self.shortest }
            .sorted { ($0.utf8.count, $1) > ($1.utf8.count, $0) }
    }

    /// The value with ``SecretWords/mask`` in place of secret members and credentials.
    public func masked(_ value: JSON) -> JSON {
        switch value {
        case .string(let text): return .string(masked(text))
        case .array(let elements): return .array(elements.map(masked))
        case .object(let object):
            return .object(
                JSONObject(
                    object.map { name, value in
                        (name, SecretWords.isSecret(name) ? hidden(value) : masked(value))
                    }))
        default: return value
        }
    }

    public func masked(_ text: String) -> String {
        var text = text
        for secret in texts where text.contains(secret) {
            text = text.replacing(secret, with: SecretWords.mask)
        }
        return text
    }

    /// Texts and numbers go, the shape stays.
    private func hidden(_ value: JSON) -> JSON {
        switch value {
        case .string(let text): text.isEmpty ? value : .string(SecretWords.mask)
        case .int: 0
        case .double: 0.0
        case .array(let elements): .array(elements.map(hidden))
        case .object(let object): .object(JSONObject(object.map { ($0, hidden($1)) }))
        case .null, .bool: value
        }
    }
}

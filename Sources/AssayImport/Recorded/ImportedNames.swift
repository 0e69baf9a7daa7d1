internal import AssayFormats

/// Names that files, steps and variables are given, each once.
struct ImportedNames {
    private var taken: Set<String> = []

    init(_ taken: Set<String> = []) { self.taken = taken }

    /// The name, or the name with the first number that makes it another one.
    mutating func unique(_ name: String, joinedBy separator: String = "-") -> String {
        var result = name
        var number = 2
        while !taken.insert(result.lowercased()).inserted {
            result = "\(name)\(separator)\(number)"
            number += 1
        }
        return result
    }

    /// Words of small letters with `-` between, for files and ids: `Add an item!` is `add-an-item`.
    ///
    /// - Parameter fallback: where nothing of the text is left.
    static func slug(_ text: String, or fallback: String) -> String {
        var words: [String] = []
        var word = ""
        var isSmall = false
        func isLetter(_ scalar: Unicode.Scalar) -> Bool {
            ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar)
        }
        for scalar in text.unicodeScalars {
            let small = scalar.properties.lowercaseMapping.unicodeScalars.first ?? scalar
            if isLetter(small) {
                // `addItem` is two words.
                if isSmall, scalar.properties.isUppercase {
                    words.append(word)
                    word = ""
                }
                word.unicodeScalars.append(small)
                isSmall = !scalar.properties.isUppercase
            } else if !word.isEmpty {
                words.append(word)
                word = ""
                isSmall = false
            }
        }
        if !word.isEmpty { words.append(word) }
        let slug = String(words.joined(separator: "-").prefix(60))
        return slug.isEmpty ? fallback : slug
    }

    /// Words that templates know as something else, or that say nothing as the name of a variable.
    private static let reserved: Set<String> = [
        "env", "secret", "case", "feed", "load", "index", "element", "true", "false", "null", "random", "now",
        "hmac",
        "base64",
    ]

    /// A name as `${…}` reads it: `X-Request-Id` is `X_Request_Id`.
    static func variable(_ text: String, or fallback: String) -> String {
        var name = ""
        for scalar in text.unicodeScalars {
            let isKept =
                ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar)
            if isKept {
                name.unicodeScalars.append(scalar)
            } else if !name.isEmpty, !name.hasSuffix("_") {
                name += "_"
            }
        }
        while name.hasSuffix("_") { name.removeLast() }
        name = String(name.prefix(40))
        guard let first = name.unicodeScalars.first else { return fallback }
        if ("0"..."9").contains(first) { name = "v" + name }
        return reserved.contains(name) ? name + "_value" : name
    }

    /// A variable of the environment: `sessionToken` is `SESSION_TOKEN`.
    static func environment(_ text: String, or fallback: String) -> String {
        let name = slug(text, or: fallback).uppercased().replacing("-", with: "_")
        return ("0"..."9").contains(name.unicodeScalars.first ?? "0") ? "V" + name : name
    }
}

/// Names whose values are secrets, as other tools' files have them.
enum SecretNames {
    private static let parts = [
        "password", "passwd", "passphrase", "secret", "token", "apikey", "authorization", "credential",
        "privatekey",
        "accesskey", "sessionid", "signature",
    ]
    private static let whole: Set<String> = [
        "pwd", "pin", "otp", "cvv", "cvc", "ssn", "auth", "xauth", "bearer", "jwt", "sid", "session", "pass",
        "key",
    ]

    static func contains(_ name: String) -> Bool {
        let word = name.lowercased().filter { $0 != "-" && $0 != "_" && $0 != "." && $0 != " " }
        return whole.contains(word) || parts.contains { word.contains($0) }
    }

    /// Cookies of sessions are secrets, too.
    static func isCookie(_ name: String) -> Bool { contains(name) || name.lowercased().contains("sess") }

    /// A number of this name says how much of something there is: `max_tokens`, `passwordLength`.
    static func isMeasure(_ name: String) -> Bool {
        let word = name.lowercased()
        let endings = [
            "tokens", "length", "count", "size", "expires", "expiresin", "expires_in", "expiry", "ttl", "age",
            "version", "limit", "attempts",
        ]
        return endings.contains(where: word.hasSuffix) || word == "key"
    }
}

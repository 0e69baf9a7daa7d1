public import AssayFormats

/// What a stand's parts are called among the variables of an environment: `API_URL`, `API_HOST`, `API_PORT` of a part `api`.
public enum StandVariables {
    /// Addresses and everything else that parts tell as plain values.
    ///
    /// - Parameter parts: by name, as a stand tells them; `env` and `secret` are none.
    public static func of(_ parts: [String: JSON]) -> [(name: String, value: String)] {
        var found: [(name: String, value: String)] = []
        for (part, value) in parts.sorted(by: { $0.key < $1.key }) where part != "env" && part != "secret" {
            for (member, value) in value.objectValue ?? [:] {
                let text: String? =
                    switch value {
                    case .string(let text): text
                    case .int(let number): String(number)
                    default: nil
                    }
                if let text { found.append((word(part) + "_" + word(member), text)) }
            }
        }
        return found
    }

    /// As variables are written: `order-api` is `ORDER_API`.
    public static func word(_ name: String) -> String {
        String(name.uppercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
    }
}

public import AssayFormats

/// One value of a request that a matcher looks at: a header, a query parameter, a path parameter, a body.
public enum MatchValue {
    /// The request has no such value.
    case absent
    case text(String)
    /// A body, whole or one part's.
    case body(MatchedBody)

    /// A text, or `absent` for `nil`.
    public init(_ text: String?) { self = text.map { .text($0) } ?? .absent }

    public var isAbsent: Bool { if case .absent = self { true } else { false } }

    /// As text; bytes that are no UTF-8 show as U+FFFD. `nil` when absent.
    public var text: String? {
        switch self {
        case .absent: nil
        case .text(let text): text
        case .body(let body): body.text
        }
    }

    /// Its bytes; `nil` when absent.
    public var bytes: [UInt8]? {
        switch self {
        case .absent: nil
        case .text(let text): Array(text.utf8)
        case .body(let body): body.bytes
        }
    }

    /// Read as JSON; `nil` when absent or no JSON.
    public var json: JSON? {
        switch self {
        case .absent: nil
        case .text(let text): try? JSON(parsing: text)
        case .body(let body): body.json
        }
    }

    /// For the `got …` of a message: `absent`, `'abc'`, cut where it is long.
    public var shown: String {
        switch self {
        case .absent: "absent"
        case .text(let text): quoted(text)
        case .body(let body): body.bytes.isEmpty ? "an empty body" : quoted(body.beginning)
        }
    }
}

/// Bytes that matchers look at as text, JSON or whatever they parse them into; each form is made once.
///
/// Not `Sendable`: it lives as long as one request is being answered.
public final class MatchedBody {
    public let bytes: [UInt8]
    public private(set) lazy var text = String(decoding: bytes, as: UTF8.self)
    /// Why the body is no JSON; `nil` when it is.
    public private(set) var jsonError: JSONError?
    /// `nil` when the body is no JSON.
    public private(set) lazy var json: JSON? = {
        do throws(JSONError) {
            return try JSON(parsing: bytes)
        } catch {
            jsonError = error
            return nil
        }
    }()
    private var forms: [String: Any] = [:]

    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Another parsed form, made at the first call for its name.
    public func form<Form>(_ name: String, make: () -> Form) -> Form {
        if let form = forms[name] as? Form { return form }
        let form = make()
        forms[name] = form
        return form
    }

    /// Enough of it for a message.
    var beginning: String { String(decoding: bytes.prefix(400), as: UTF8.self) }
}

/// A text in quotes on one line for a message, cut where it is long.
func quoted(_ text: String, limit: Int = 80) -> String {
    let scalars = text.unicodeScalars.prefix(limit + 1)
    var shown = "'"
    for scalar in scalars.prefix(limit) {
        shown.unicodeScalars.append(scalar.value < 0x20 || scalar.value == 0x7F ? " " : scalar)
    }
    return shown + (scalars.count > limit ? "…'" : "'")
}

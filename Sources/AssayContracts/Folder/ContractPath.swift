/// The path of a route: constant segments and parameters, `/tasks/{id}/status`.
public struct ContractPath: Sendable, Hashable, CustomStringConvertible {
    enum Segment: Sendable, Hashable {
        case constant(String)
        case parameter(String)
    }

    /// As written.
    public let description: String
    let segments: [Segment]

    /// Why a text is no path.
    struct Fault: Error, Equatable {
        var expected: String
        var actual: String
    }

    init(parsing text: String) throws(Fault) {
        guard text.hasPrefix("/") else {
            throw Fault(expected: "a path that begins with `/`", actual: "'\(text)'")
        }
        guard !text.contains("?"), !text.contains("#") else {
            throw Fault(
                expected: "a path without a query, which `query:` describes", actual: "'\(text)'")
        }
        var segments: [Segment] = []
        for part in text.split(separator: "/", omittingEmptySubsequences: false).dropFirst() {
            guard part.contains("{") || part.contains("}") else {
                segments.append(.constant(String(part)))
                continue
            }
            let name = part.dropFirst().dropLast()
            guard part.hasPrefix("{"), part.hasSuffix("}"), !name.isEmpty,
                !name.contains("{"), !name.contains("}")
            else {
                throw Fault(
                    expected: "parameters that fill a segment, like `/{id}/`", actual: "the segment '\(part)'"
                )
            }
            segments.append(.parameter(String(name)))
        }
        description = text
        self.segments = segments
    }

    /// The same for all paths that match the same requests.
    var shape: [String?] {
        segments.map { if case .constant(let text) = $0 { text } else { nil } }
    }

    /// Names of its parameters, in order.
    public var parameters: [String] {
        segments.compactMap { if case .parameter(let name) = $0 { name } else { nil } }
    }

    /// The values of its parameters in a path as sent.
    ///
    /// - Parameter parts: percent-decoded segments of the path.
    /// - Returns: `nil` when it does not match.
    func match(_ parts: [String]) -> [(name: String, value: String)]? {
        guard parts.count == segments.count else { return nil }
        var values: [(String, String)] = []
        for (segment, part) in zip(segments, parts) {
            switch segment {
            case .constant(let text): if text != part { return nil }
            case .parameter(let name):
                if part.isEmpty { return nil }
                values.append((name, part))
            }
        }
        return values
    }

    /// Whether it is asked before another that matches the same path: constants come before parameters.
    func precedes(_ other: ContractPath) -> Bool {
        for (own, others) in zip(segments, other.segments) {
            switch (own, others) {
            case (.constant, .parameter): return true
            case (.parameter, .constant): return false
            default: continue
            }
        }
        return false
    }

    /// The percent-decoded segments of a path as sent.
    static func parts(of path: String) -> [String] {
        path.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map {
            URIReference.percentDecoded(String($0))
        }
    }
}

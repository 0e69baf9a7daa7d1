/// A path of a route: `/charges/{id}/items/*`.
///
/// `{name}` is one segment that is read as a parameter, `*` any one segment, and `**` at the end any further ones, none
/// included. Segments are compared percent-decoded; a query is no part of it.
public struct RoutePath: Sendable, Equatable, CustomStringConvertible {
    public enum Segment: Sendable, Equatable {
        case literal(String)
        case parameter(String)
        case any
        /// Everything that is left; the last segment only.
        case rest
    }

    public let segments: [Segment]
    public let description: String

    /// - Throws: ``Fault`` for a path that no request can have.
    public init(_ text: String) throws(Fault) {
        guard text.hasPrefix("/") else { throw Fault("a path begins with '/'") }
        guard !text.contains("?") else { throw Fault("a path has no query; match it with `query`") }
        var names: Set<String> = []
        let words = text.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        var segments: [Segment] = []
        for (place, word) in words.enumerated() {
            switch word {
            case "*": segments.append(.any)
            case "**":
                guard place == words.count - 1 else { throw Fault("'**' stands at the end of a path") }
                segments.append(.rest)
            case _ where word.hasPrefix("{") && word.hasSuffix("}"):
                let name = String(word.dropFirst().dropLast())
                guard !name.isEmpty else { throw Fault("'{}' needs a name") }
                guard names.insert(name).inserted else { throw Fault("'{\(name)}' stands in it twice") }
                segments.append(.parameter(name))
            case _ where word.contains("{") || word.contains("}"):
                throw Fault("'{name}' is a whole segment, found '\(word)'")
            default: segments.append(.literal(String(word)))
            }
        }
        self.segments = segments
        description = text
    }

    /// Why a text is no path of a route.
    public struct Fault: Error, Sendable, Equatable {
        public var message: String
        init(_ message: String) { self.message = message }
    }

    /// The path without parameters or wildcards, as it is compared; `nil` when it has some.
    public var literal: [String]? {
        let words = segments.map { if case .literal(let word) = $0 { word } else { nil as String? } }
        return words.contains(nil) ? nil : words.compactMap(\.self)
    }

    /// The values of its parameters in a path, or `nil` when that is another path.
    ///
    /// - Parameter path: segments percent-decoded; `/a/` has the segments `a` and an empty one.
    public func parameters(in path: [String]) -> [(name: String, value: String)]? {
        var found: [(name: String, value: String)] = []
        for (place, segment) in segments.enumerated() {
            if case .rest = segment { return found }
            guard place < path.count else { return nil }
            switch segment {
            case .literal(let word): guard word == path[place] else { return nil }
            case .parameter(let name):
                guard !path[place].isEmpty else { return nil }
                found.append((name, path[place]))
            case .any, .rest: break
            }
        }
        return path.count == segments.count ? found : nil
    }
}

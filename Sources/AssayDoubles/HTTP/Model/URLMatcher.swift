public import AssayFormats

/// Which addresses a pattern is for.
public enum URLMatcher: Sendable {
    case any
    /// Path and query, exactly as sent.
    case url(String)
    /// The path, exactly as sent; any query.
    case path(String)
    /// Path and query as a whole.
    case urlPattern(Pattern)
    /// The path as a whole; any query.
    case pathPattern(Pattern)
    /// The path by its segments; any query.
    case template(PathTemplate)

    /// As a person names it: `/charges`, `matching /charges/[0-9]+`.
    public var shown: String {
        switch self {
        case .any: "any address"
        case .url(let text), .path(let text): text
        case .urlPattern(let pattern), .pathPattern(let pattern): "matching \(pattern.source)"
        case .template(let template): template.source
        }
    }

    /// Its key and value in a mapping; none for any address.
    var member: (String, JSON)? {
        switch self {
        case .any: nil
        case .url(let text): ("url", .string(text))
        case .path(let text): ("urlPath", .string(text))
        case .urlPattern(let pattern): ("urlPattern", .string(pattern.source))
        case .pathPattern(let pattern): ("urlPathPattern", .string(pattern.source))
        case .template(let template): ("urlPathTemplate", .string(template.source))
        }
    }
}

/// A path with names for some of its segments: `/users/{id}/orders/{order}`. Source: RFC 6570 §3.2.2, simple expansion.
public struct PathTemplate: Sendable {
    enum Segment: Sendable, Equatable {
        case literal([UInt8])
        /// Text before and after the name within the segment: `v{version}.json`.
        case named(String, before: [UInt8], after: [UInt8])
    }

    public let source: String
    let segments: [Segment]
    /// In order of their places.
    public let names: [String]

    /// - Throws: why the text is no template.
    public init(_ source: String) throws(PathTemplateError) {
        guard source.utf8.first == UInt8(ascii: "/") else {
            throw PathTemplateError("a path template begins with '/', found \(quoted(source))")
        }
        var names: [String] = []
        var segments: [Segment] = []
        for text in source.utf8.dropFirst().split(
            separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        {
            let segment = try Self.segment(Array(text))
            if case .named(let name, _, _) = segment {
                guard !names.contains(name) else {
                    throw PathTemplateError("'{\(name)}' stands twice in \(quoted(source))")
                }
                names.append(name)
            }
            segments.append(segment)
        }
        self.source = source
        self.segments = segments
        self.names = names
    }

    private static func segment(_ bytes: [UInt8]) throws(PathTemplateError) -> Segment {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let open = bytes.firstIndex(of: UInt8(ascii: "{")) else {
            if bytes.contains(UInt8(ascii: "}")) {
                throw PathTemplateError("'}' without '{' in \(quoted(text))")
            }
            return .literal(bytes)
        }
        guard let close = bytes[open...].firstIndex(of: UInt8(ascii: "}")), close > open + 1 else {
            throw PathTemplateError("expected a name and '}' after '{' in \(quoted(text))")
        }
        guard !bytes[(close + 1)...].contains(UInt8(ascii: "{")) else {
            throw PathTemplateError("one name a segment, found more in \(quoted(text))")
        }
        return .named(
            String(decoding: bytes[(open + 1)..<close], as: UTF8.self), before: Array(bytes[..<open]),
            after: Array(bytes[(close + 1)...]))
    }

    /// Whether the path's bytes have the template's shape; makes nothing.
    func matches(_ bytes: Span<UInt8>, from start: Int, to end: Int) -> Bool {
        var place = start
        for segment in segments {
            guard place < end, bytes[place] == UInt8(ascii: "/") else { return false }
            place += 1
            let first = place
            while place < end, bytes[place] != UInt8(ascii: "/") { place += 1 }
            switch segment {
            case .literal(let literal):
                guard place - first == literal.count, Self.same(bytes, first, literal) else { return false }
            case .named(_, let before, let after):
                guard place - first > before.count + after.count, Self.same(bytes, first, before),
                    Self.same(bytes, place - after.count, after)
                else { return false }
            }
        }
        return place == end
    }

    private static func same(_ bytes: Span<UInt8>, _ start: Int, _ literal: [UInt8]) -> Bool {
        for index in literal.indices where bytes[start + index] != literal[index] { return false }
        return true
    }

    /// The names' values of a path that matches, decoded.
    func values(of segments: [String]) -> [(name: String, value: String)] {
        zip(self.segments, segments).compactMap { segment, text in
            guard case .named(let name, let before, let after) = segment else { return nil }
            let value = text.utf8.dropFirst(before.count).dropLast(after.count)
            return (name, String(decoding: value, as: UTF8.self))
        }
    }

    /// The literal beginning: everything before the first name.
    var prefix: [UInt8] {
        var bytes: [UInt8] = []
        for segment in segments {
            bytes.append(UInt8(ascii: "/"))
            switch segment {
            case .literal(let literal): bytes.append(contentsOf: literal)
            case .named(_, let before, _): return bytes + before
            }
        }
        return bytes
    }
}

/// Why a text is no path template.
public struct PathTemplateError: Error, Sendable, Equatable, CustomStringConvertible {
    public var description: String
    init(_ description: String) { self.description = description }
}

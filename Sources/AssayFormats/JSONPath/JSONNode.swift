/// A value that a query found, with its place in the document.
public struct JSONNode: Sendable {
    public let value: JSON
    let place: Place?

    /// The names and indices that lead to it from the document.
    public var segments: [CompiledPath.Segment] {
        var segments: [CompiledPath.Segment] = []
        var next = place
        while let place = next {
            segments.append(place.segment)
            next = place.parent
        }
        return segments.reversed()
    }

    /// The normalized path (RFC 9535 §2.7), like `$['items'][0]['id']`.
    public var path: String {
        var path = "$"
        for segment in segments {
            switch segment {
            case .index(let index): path += "[\(index)]"
            case .name(let name):
                path += "['"
                for scalar in name.unicodeScalars { path += Self.escaped(scalar) }
                path += "']"
            }
        }
        return path
    }

    private static func escaped(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "'": return "\\'"
        case "\\": return "\\\\"
        case "\u{8}": return "\\b"
        case "\u{C}": return "\\f"
        case "\n": return "\\n"
        case "\r": return "\\r"
        case "\t": return "\\t"
        case _ where scalar.value < 0x20:
            return (scalar.value < 0x10 ? "\\u000" : "\\u00") + String(scalar.value, radix: 16)
        default: return String(scalar)
        }
    }

    /// The way to a node, shared by all that lie below it.
    final class Place: Sendable {
        let parent: Place?
        let segment: CompiledPath.Segment

        init(parent: Place?, segment: CompiledPath.Segment) {
            self.parent = parent
            self.segment = segment
        }
    }
}

extension JSONPath {
    /// How many nodes a query may look at before it is stopped; documents of ordinary size stay far below.
    public static let defaultMaxVisits = 10_000_000

    /// All nodes that the query finds, in document order as RFC 9535 defines it.
    ///
    /// - Throws: when more than `maxVisits` nodes were looked at, which takes a hostile query or a huge document.
    public func evaluate(
        in document: JSON, maxVisits: Int = defaultMaxVisits
    ) throws(JSONPathOverrun) -> [JSONNode] {
        var evaluator = JSONPathEvaluator(document: document, keepsPlaces: true, visitsLeft: maxVisits)
        let nodes = evaluator.select(segments, from: document)
        guard evaluator.visitsLeft >= 0 else { throw JSONPathOverrun(source: source, maxVisits: maxVisits) }
        return nodes
    }

    /// As ``evaluate(in:maxVisits:)``; a query that is stopped gives what it found until then.
    public func nodes(in document: JSON) -> [JSONNode] { found(in: document, keepsPlaces: true) }

    /// The values that the query finds; cheaper than ``nodes(in:)`` because no paths are kept.
    public func values(in document: JSON) -> [JSON] {
        found(in: document, keepsPlaces: false).map(\.value)
    }

    private func found(in document: JSON, keepsPlaces: Bool) -> [JSONNode] {
        var evaluator = JSONPathEvaluator(
            document: document, keepsPlaces: keepsPlaces, visitsLeft: Self.defaultMaxVisits)
        return evaluator.select(segments, from: document)
    }
}

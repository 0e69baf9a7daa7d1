internal import AssayCore
internal import AssayFormats
internal import AssayScenario

/// An expression with the stand's constants filled in and its simplest forms taken apart.
enum BoundExpression: Sendable {
    case constant(JSON)
    case slot(Int, name: String)
    case general(Expression)
}

/// Text made of parts that are known and parts that are computed.
struct BoundTemplate: Sendable {
    enum Segment: Sendable {
        case text([UInt8])
        case computed(BoundExpression)
    }
    var segments: [Segment]
    var source: String

    /// The text, when nothing in it is computed.
    var constant: String? {
        var bytes: [UInt8] = []
        for segment in segments {
            guard case .text(let part) = segment else { return nil }
            bytes += part
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// A value with computed parts.
indirect enum BoundValue: Sendable {
    case constant(JSON)
    case expression(BoundExpression)
    case text(BoundTemplate)
    case array([BoundValue])
    case object([(key: BoundTemplate, value: BoundValue)])
}

/// A JSONPath made ready; the common singular ones are walked on the response's bytes.
enum PlannedPath: Sendable {
    case singular(CompiledPath, JSONPath, source: String)
    case general(JSONPath, source: String)
    case templated(BoundTemplate)

    var source: String {
        switch self {
        case .singular(_, _, let source), .general(_, let source): source
        case .templated(let template): template.source
        }
    }
}

/// A matcher made ready.
enum PlannedMatcher: Sendable {
    /// `status: 200`, `2xx` and the like: no value is built to judge it.
    case status(StatusSet)
    /// A literal: compared on the response's bytes.
    case literal(JSON)
    /// A literal that is computed.
    case computed(BoundValue)
    case constant(Matcher<JSON>)
    case general(Matcher<BoundValue>)
}

/// HTTP status codes as ranges.
struct StatusSet: Sendable {
    var ranges: [ClosedRange<Int>]
    func contains(_ status: Int) -> Bool {
        for range in ranges where range.contains(status) { return true }
        return false
    }
}

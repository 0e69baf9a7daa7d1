import AssayFormats
import Testing

@testable import AssayDoubles

/// Reads matchers as mappings hold them.
enum OperatorBench {
    /// 2026-03-04T05:06:07Z
    static let now: Int64 = 1_772_600_767_000

    static func reading(_ table: MatcherTable = .standard) -> MappingReading {
        MappingReading(clock: DoubleClock { now }, table: table)
    }

    static func matcher(_ text: String) throws -> any ValueMatcher {
        let reading = reading()
        let matcher = reading.matcher(MappingNode(try JSON(parsing: text)))
        #expect(reading.problems.isEmpty, "\(text): \(reading.problems.map(\.message))")
        return try #require(matcher)
    }

    /// What is wrong with a matcher, with its fix behind a bar.
    static func problems(_ text: String) throws -> [String] {
        let reading = reading()
        _ = reading.matcher(MappingNode(try JSON(parsing: text)))
        return reading.problems.map { $0.message + ($0.fix.map { " | \($0)" } ?? "") }
    }
}

/// A matcher, values that are right, and values that are not with the reason in words.
struct OperatorCase: CustomTestStringConvertible, Sendable {
    var matcher: String
    var right: [String]
    var wrong: [(value: String, reason: String?)]

    init(_ matcher: String, right: [String], wrong: [(String, String?)]) {
        self.matcher = matcher
        self.right = right
        self.wrong = wrong.map { (value: $0.0, reason: $0.1) }
    }

    var testDescription: String { matcher }

    func check() throws {
        let matcher = try OperatorBench.matcher(matcher)
        for text in right {
            for value in [MatchValue.text(text), .body(MatchedBody(Array(text.utf8)))] {
                #expect(matcher.matches(value), "\(text): \(matcher.reason(for: value) ?? "")")
                #expect(matcher.distance(to: value) == 0, "\(text)")
                #expect(matcher.reason(for: value) == nil, "\(text)")
            }
        }
        for (text, reason) in wrong {
            let value = MatchValue.body(MatchedBody(Array(text.utf8)))
            #expect(!matcher.matches(value), "\(text)")
            let distance = matcher.distance(to: value)
            #expect(distance > 0 && distance <= 1, "\(text): \(distance)")
            #expect(matcher.reason(for: value) == reason, "\(text)")
        }
        #expect(!matcher.matches(.absent))
        // What it writes of itself is the same matcher again.
        let again = OperatorBench.reading().matcher(MappingNode(matcher.json))
        for text in right { #expect(again?.matches(.text(text)) == true, "\(matcher.json.rendered())") }
    }
}

import AssayContracts
import AssayCore
import AssayFormats
import Testing

@Suite("What holds of every comparison of schemas")
struct CompatibilityLawTests {
    private func findings(
        _ old: JSON, _ new: JSON, _ direction: SchemaDirection
    ) throws -> [CompatibilityFinding] {
        try compareSchemas(
            old: ComparedDocument(SchemaDocument(old), file: "old.json"),
            new: ComparedDocument(SchemaDocument(new), file: "new.json"), as: direction)
    }

    @Test("a schema does not differ from itself", arguments: 0..<4)
    func same(part: Int) throws {
        var pairs = SchemaPairs(seed: UInt64(part))
        for _ in 0..<40 {
            let schema = pairs.schema()
            for direction in [SchemaDirection.request, .response, .stored(.full)] {
                let found = try findings(schema, schema, direction)
                #expect(found.isEmpty, "\(schema.rendered()): \(found.map(\.message))")
            }
        }
    }

    @Test("what BACKWARD refuses of a change, FORWARD refuses of the change taken back", arguments: 0..<4)
    func mirrored(part: Int) throws {
        var pairs = SchemaPairs(seed: 100 + UInt64(part))
        for _ in 0..<40 {
            let old = pairs.schema()
            let new = pairs.mutated(old)
            let there = try findings(old, new, .stored(.backward)).map { "\($0.level) \($0.path)" }.sorted()
            let back = try findings(new, old, .stored(.forward)).map { "\($0.level) \($0.path)" }.sorted()
            #expect(there == back, "\(old.rendered()) → \(new.rendered())")
        }
    }

    @Test("values of a compatible change are accepted by both sides", arguments: 0..<10)
    func sound(part: Int) throws {
        var pairs = SchemaPairs(seed: 200 + UInt64(part))
        var compatible = 0
        for _ in 0..<60 {
            let old = pairs.schema()
            let new = pairs.mutated(old)
            let isBackward = try findings(old, new, .stored(.backward)).allSatisfy { $0.level == .info }
            let isForward = try findings(old, new, .stored(.forward)).allSatisfy { $0.level == .info }
            guard isBackward || isForward else { continue }
            compatible += 1
            let before = try JSONSchema(compiling: old)
            let after = try JSONSchema(compiling: new)
            for _ in 0..<40 {
                let value = pairs.value(for: pairs.happens(50) ? old : new)
                let (was, isNow) = (before.accepts(value), after.accepts(value))
                if isBackward, was, !isNow {
                    Issue.record("BACKWARD \(old.rendered()) → \(new.rendered()): \(value.rendered())")
                }
                if isForward, isNow, !was {
                    Issue.record("FORWARD \(old.rendered()) → \(new.rendered()): \(value.rendered())")
                }
            }
        }
        // Else the test would say nothing.
        #expect(compatible > 8)
    }
}

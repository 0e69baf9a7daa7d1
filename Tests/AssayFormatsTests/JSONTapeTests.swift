import AssayFormats
import Testing

@Suite("The JSON tape")
struct JSONTapeTests {
    @Test("the tape says of every document what its value says", arguments: JSONCorpus.valid)
    func agreement(text: String) throws {
        var tape = JSONTape()
        try tape.parse(Array(text.utf8))
        let value = try JSON(parsing: text)
        try expectSame(tape, value, [])
        #expect(tape.source == text)
    }

    /// Walks the built value and asks the tape for every part of it by path.
    private func expectSame(_ tape: JSONTape, _ value: JSON, _ segments: [CompiledPath.Segment]) throws {
        let node = try #require(tape.node(at: CompiledPath(segments)), "\(segments)")
        #expect(tape.json(node) == value)
        #expect(tape.equals(node, value))
        #expect(!tape.equals(node, ["no such": "value"]))
        #expect(tape.typeName(node) == value.typeName)
        #expect(tape.string(node) == value.stringValue)
        #expect(tape.int(node) == value.intValue)
        #expect(tape.double(node) == value.doubleValue)
        #expect(tape.bool(node) == value.boolValue)
        #expect(tape.isNull(node) == (value == .null))
        switch value {
        case .array(let elements):
            #expect(tape.count(node) == elements.count)
            for (index, element) in elements.enumerated() {
                try expectSame(tape, element, segments + [.index(index)])
                try expectSame(tape, element, segments + [.index(index - elements.count)])
            }
            #expect(tape.node(at: CompiledPath(segments + [.index(elements.count)])) == nil)
            #expect(tape.node(at: CompiledPath(segments + [.index(-elements.count - 1)])) == nil)
        case .object(let members):
            #expect(tape.count(node) == members.count)
            for member in members { try expectSame(tape, member.value, segments + [.name(member.key)]) }
            #expect(tape.node(at: CompiledPath(segments + [.name("no such")])) == nil)
        default:
            #expect(tape.count(node) == nil)
            #expect(tape.node(at: CompiledPath(segments + [.name("a")])) == nil)
            #expect(tape.node(at: CompiledPath(segments + [.index(0)])) == nil)
        }
    }

    @Test(
        "a node equals literals as JSON compares",
        arguments: [
            ("1", 1.0, true), ("1.0", 1, true), ("1", 2, false), ("\"a\"", "a", true),
            ("\"\\u0061\"", "a", true),
            ("\"é\"", "e\u{301}", false), ("[1,2]", [1, 2], true), ("[1,2]", [1], false),
            ("[1]", [1, 2], false),
            (#"{"a":1,"b":2}"#, ["b": 2, "a": 1], true), (#"{"a":1,"a":2}"#, ["a": 2], true),
            (#"{"a":1,"a":2}"#, ["a": 1], false), (#"{"a":1,"a":2}"#, ["a": 1, "b": 2], false),
            (#"{"a":1}"#, ["a": 1, "b": 2], false), (#"{"a":1,"b":2}"#, ["a": 1], false), ("null", nil, true),
            ("null", false, false), ("true", true, true), ("false", true, false), ("\"1\"", 1, false),
        ] as [(String, JSON, Bool)])
    func equality(text: String, literal: JSON, isEqual: Bool) throws {
        var tape = JSONTape()
        try tape.parse(Array(text.utf8))
        let root = try #require(tape.root)
        #expect(tape.equals(root, literal) == isEqual)
    }

    @Test("a tape is used again for document after document")
    func reuse() throws {
        var tape = JSONTape()
        let path = CompiledPath([.name("id")])
        #expect(tape.root == nil)
        for round in [3, 1, 20_000, 2, 300_000, 5] {
            let text =
                "{\"items\":[" + (0..<round).map(String.init).joined(separator: ",") + "],\"id\":\(round)}"
            try tape.parse(Array(text.utf8).span)
            #expect(tape.value(at: path) == .int(Int64(round)))
            let items = try #require(tape.node(at: CompiledPath([.name("items")])))
            #expect(tape.count(items) == round)
            #expect(tape.value(at: CompiledPath([.name("items"), .index(-1)])) == .int(Int64(round - 1)))
        }
    }

    @Test("after a refused text the tape is empty")
    func refusal() throws {
        var tape = JSONTape()
        try tape.parse(Array("[1]".utf8))
        #expect(throws: JSONError.self) { try tape.parse(Array("[1".utf8)) }
        #expect(tape.root == nil)
        #expect(tape.value(at: CompiledPath([])) == nil)
    }

    @Test("every split of nested text into a longer buffer is bounded by its length")
    func lengths() throws {
        // The zero bytes behind a shorter text must hide what an earlier, longer one left in the buffer.
        var tape = JSONTape()
        try tape.parse(Array("[1,2,3,\"abcdefghijklmnop\",{\"a\":[]}]".utf8))
        #expect(throws: JSONError.self) { try tape.parse(Array("[1,2".utf8)) }
        #expect(throws: JSONError.self) { try tape.parse(Array("\"abc".utf8)) }
        try tape.parse(Array("12".utf8))
        #expect(tape.value(at: CompiledPath([])) == 12)
    }
}

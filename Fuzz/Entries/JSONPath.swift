import AssayFormats

/// A document with some of everything, small enough that every query ends soon.
private let document: JSON = [
    "a": [1, 2.5, "x", nil, true, ["b": [["c": 1], ["c": 2]]]],
    "b": ["a": ["a": ["a": []]], "é": "text", "n": -1],
    "regex": "a.*",
]

/// Any bytes: parsing must not crash; evaluation of what parses ends, within its visits, and agrees with the tape.
public func fuzzJSONPath(_ bytes: [UInt8]) {
    guard let path = try? JSONPath(parsing: String(decoding: bytes, as: UTF8.self)) else { return }
    guard let nodes = try? path.evaluate(in: document, maxVisits: 100_000) else { return }
    for node in nodes {
        guard let normalized = try? JSONPath(parsing: node.path) else {
            preconditionFailure("a normalized path is refused: \(node.path)")
        }
        precondition(
            normalized.values(in: document) == [node.value], "a normalized path finds something else")
    }
    if let compiled = path.compiled {
        var tape = JSONTape()
        guard (try? tape.parse(Array(document.rendered().utf8))) != nil else {
            preconditionFailure("refused")
        }
        precondition(tape.value(at: compiled) == nodes.first?.value, "the tape finds something else")
    }
}

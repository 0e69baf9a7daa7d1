import AssayFormats

/// Any bytes: reading must not crash; what is read renders to a text that reads the same; the tape agrees.
public func fuzzJSON(_ bytes: [UInt8]) {
    var tape = JSONTape()
    guard let value = try? JSON(parsing: bytes) else {
        precondition((try? tape.parse(bytes)) == nil, "the tape takes what the reader refuses")
        return
    }
    precondition((try? tape.parse(bytes)) != nil, "the tape refuses what the reader takes")
    guard let root = tape.root else { preconditionFailure("a document without a value") }
    precondition(tape.equals(root, value), "the tape differs from the value")
    precondition(tape.typeName(root) == value.typeName, "the tape's type differs")
    for text in [value.rendered(), value.rendered(pretty: true)] {
        guard let again = try? JSON(parsing: text) else { preconditionFailure("rendered text is refused") }
        precondition(again == value, "rendering changed the value")
        precondition(again.rendered() == value.rendered(), "rendering is not stable")
    }
}

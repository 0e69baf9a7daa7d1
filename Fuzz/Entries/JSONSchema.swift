import AssayContracts
import AssayFormats

/// A schema up to the first line feed and a value behind it: compiling and judging end, and both judges are of one mind.
public func fuzzJSONSchema(_ bytes: [UInt8]) {
    let parts = bytes.split(separator: UInt8(ascii: "\n"), maxSplits: 1, omittingEmptySubsequences: false)
    guard let document = try? JSON(parsing: parts[0]) else { return }
    var tape = JSONTape()
    let hasValue = parts.count > 1 && (try? tape.parse(Array(parts[1]))) != nil
    for use in [SchemaUse.plain, .request, .response] {
        do throws(SchemaError) {
            let schema = try JSONSchema(
                compiling: SchemaDocument(
                    document,
                    positions: try? DocumentPositions(
                        parsingJSON: Array(parts[0]), file: "s.json")), at: "s.json", assertsFormats: true,
                use: use)
            guard hasValue, let root = tape.root else { continue }
            let violations = schema.violations(of: tape.json(root), limit: 5)
            precondition(violations.count <= 5, "more violations than asked for")
            precondition(schema.accepts(tape) == violations.isEmpty, "the judges differ")
            for violation in violations {
                precondition(violation.schemaLocation != nil, "a violation without a place")
            }
        } catch {
            precondition(!error.expected.isEmpty && !error.actual.isEmpty, "an error that says nothing")
        }
    }
}

private let formats = [
    "date", "time", "date-time", "duration", "email", "idn-email", "hostname", "idn-hostname", "ipv4", "ipv6",
    "uuid", "uri", "uri-reference", "iri", "iri-reference", "uri-template", "json-pointer",
    "relative-json-pointer", "regex", "byte", "int32", "int64", "float",
]

/// Any text: every format answers, and the same for a text in a value and on the tape.
public func fuzzFormat(_ bytes: [UInt8]) {
    let value = JSON.string(String(decoding: bytes, as: UTF8.self))
    var tape = JSONTape()
    guard (try? tape.parse(Array(value.rendered().utf8))) != nil else { return }
    for format in formats {
        guard let schema = try? JSONSchema(compiling: ["format": .string(format)], assertsFormats: true)
        else {
            preconditionFailure("\(format) is not known")
        }
        precondition(schema.accepts(value) == schema.accepts(tape), "\(format) differs")
        // What holds as a regular expression need not be one for the engine, but trying must end.
        if format == "regex", schema.accepts(value) {
            _ = try? JSONSchema(compiling: ["pattern": value])
        }
    }
}

import AssayFormats

/// Any bytes: reading ends, lines stay lines, and JavaScript that has lost its types has none to lose.
public func fuzzTypeScript(_ bytes: [UInt8]) {
    guard let script = try? TypeScript.erased(bytes) else { return }
    func lines(_ text: [UInt8]) -> Int { text.count { $0 == 10 } }
    precondition(lines(script) == lines(bytes), "a line was lost or made")
    guard let again = try? TypeScript.erased(script) else {
        preconditionFailure("what was made is refused")
    }
    precondition(lines(again) == lines(bytes), "a line was lost or made the second time")
}

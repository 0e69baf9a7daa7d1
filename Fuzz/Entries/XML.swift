import AssayCore
import AssayFormats

/// Any bytes give balanced elements within the depth limit, or a diagnostic with its place.
public func fuzzXML(_ bytes: [UInt8]) {
    let limits = XMLLimits(bytes: 1 << 16, depth: 20)
    var open: [String] = []
    do throws(Diagnostic) {
        var xml = try XMLReader(bytes, file: "fuzz.xml", limits: limits)
        while let event = try xml.next() {
            precondition(event.line > 0 && event.column > 0, "an event without a place")
            switch event.kind {
            case .start(let name, _):
                open.append(name)
                precondition(open.count <= limits.depth, "deeper than the limit")
            case .end(let name): precondition(open.popLast() == name, "an element ends that did not begin")
            case .text(let text): precondition(!open.isEmpty && !text.isEmpty, "text outside of elements")
            }
        }
        precondition(open.isEmpty, "an element without an end")
        let more = try xml.next()
        precondition(more == nil, "something after the end")
    } catch {
        precondition(
            error.location.map { $0.line > 0 && $0.column > 0 } ?? false, "a diagnostic without a place")
    }
}

/// A line with a pattern, then paths: matching ends, and a pattern means what it is read again as.
public func fuzzGlob(_ bytes: [UInt8]) {
    let lines = String(decoding: bytes.prefix(4096), as: UTF8.self).split(
        separator: "\n", omittingEmptySubsequences: false)
    guard let first = lines.first, let pattern = try? GlobPattern(String(first)) else { return }
    guard let again = try? GlobPattern(pattern.source) else { preconditionFailure("the source is refused") }
    for line in lines.dropFirst().prefix(20) {
        let path = String(line)
        precondition(pattern.matches(path) == again.matches(path), "reading again changed the meaning")
        guard let list = try? PathPatterns(["!" + pattern.source]) else {
            preconditionFailure("refused in a list")
        }
        precondition(list.matches(path) != pattern.matches(path), "an exclusion is not the opposite")
    }
}

public import AssayCore

/// A list of ``GlobPattern``s: a path is meant when the last pattern that matches it does not begin with `!`.
///
/// `["internal/db/**", "!**/*_gen.go"]` means all of `internal/db` but generated files. A list of exclusions alone
/// means everything else.
public struct PathPatterns: Sendable, Hashable {
    private struct Entry: Sendable, Hashable {
        var pattern: GlobPattern
        var includes: Bool
    }

    private let entries: [Entry]
    /// As they were written.
    public let sources: [String]

    /// - Throws: AS222 with the first pattern that cannot be read.
    public init(_ sources: [String]) throws(Diagnostic) {
        self.sources = sources
        var entries: [Entry] = []
        for source in sources {
            // By scalars: a combining mark behind it does not make it another character.
            let includes = source.unicodeScalars.first != "!"
            entries.append(
                Entry(
                    pattern: try GlobPattern(includes ? source : String(source.unicodeScalars.dropFirst())),
                    includes: includes))
        }
        self.entries = entries
    }

    public func matches(_ path: String) -> Bool {
        let last = entries.last { $0.pattern.matches(path) }
        return last?.includes ?? (!entries.isEmpty && entries.allSatisfy { !$0.includes })
    }
}

extension YAMLReading {
    /// A path pattern or a list of them.
    public func pathPatterns(_ node: YAMLNode) -> PathPatterns? {
        guard let nodes = node.elements else { return string(node).flatMap { patterns([$0], at: [node]) } }
        guard let texts = strings(node), texts.count == nodes.count else { return nil }
        return patterns(texts, at: nodes)
    }

    private func patterns(_ texts: [String], at nodes: [YAMLNode]) -> PathPatterns? {
        // Each by itself first, so that a fault is told at its own place.
        let sound = zip(texts, nodes).map { text, node in
            parsed(node) { () throws(Diagnostic) in try PathPatterns([text]) }
        }
        return sound.contains(nil) ? nil : try? PathPatterns(texts)
    }
}

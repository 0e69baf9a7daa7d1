public import AssayCore

/// Reads a mapping whose keys are known: asks for each by name, then reports those nobody asked for.
///
/// When the node is no mapping, that is recorded once, and every question answers `nil` without a further word.
public struct MappingReader {
    /// `false` when the node was something else; it has been recorded.
    public let isMapping: Bool
    public let node: YAMLNode
    /// What the mapping is, for messages: `step`.
    public let what: String
    private let reading: YAMLReading
    private let pairs: [YAMLNode.Pair]
    private var asked: [String] = []
    private var absent: [String] = []
    private var choices: [PendingChoice] = []

    /// A choice of which no key was there: told at the end, unless a misspelt key explains it.
    private struct PendingChoice {
        var names: [String]
        var code: DiagnosticCode
    }

    public init(_ node: YAMLNode, what: String, _ reading: YAMLReading) {
        self.node = node
        self.what = what
        self.reading = reading
        isMapping = node.pairs != nil
        pairs = node.pairs ?? []
        if !isMapping {
            let _: Never? = reading.wrongType(
                node, expected: "a mapping for \(what)", fix: "write `key: value` pairs")
        }
    }

    /// The value of a key, without a word when it is absent. A key without a value counts as present (`null`).
    public mutating func value(_ key: String) -> YAMLNode? { pair(key)?.value }

    /// Key and value, for messages at the key.
    public mutating func pair(_ key: String) -> YAMLNode.Pair? {
        if !asked.contains(key) { asked.append(key) }
        return pairs.first { $0.name == key }
    }

    /// What `read` makes of the key's value; AS011 in ``finish()`` when the key is absent.
    public mutating func required<Value>(_ key: String, _ read: (YAMLNode) -> Value?) -> Value? {
        guard let pair = pair(key) else {
            absent.append(key)
            return nil
        }
        return read(pair.value)
    }

    /// What `read` makes of the key's value; `nil` when the key is absent or its value is wrong (and recorded).
    public mutating func optional<Value>(_ key: String, _ read: (YAMLNode) -> Value?) -> Value? {
        pair(key).flatMap { read($0.value) }
    }

    /// Which one of several keys is there, like the step kinds.
    ///
    /// - Parameters:
    ///   - isRequired: when none is there, `code` says so in ``finish()``; a misspelt key is reported in its place.
    ///   - code: of the messages for none and for more than one.
    /// - Returns: the first one written; a second one is recorded.
    public mutating func choice(
        of names: [String], isRequired: Bool = true, code: DiagnosticCode = "AS016"
    ) -> YAMLNode.Pair? {
        for name in names where !asked.contains(name) { asked.append(name) }
        let found = pairs.filter { names.contains($0.name) }
        guard let first = found.first else {
            if isRequired { choices.append(PendingChoice(names: names, code: code)) }
            return nil
        }
        for other in found.dropFirst() {
            reading.error(
                code, "\(Self.article(what)) has both '\(first.name)' and '\(other.name)'", at: other.key,
                fix: "keep one of them")
        }
        return first
    }

    /// Makes a key known that is read elsewhere.
    public mutating func allow(_ keys: String...) {
        for key in keys where !asked.contains(key) { asked.append(key) }
    }

    /// Keys that nobody asked for so far.
    public var remaining: [YAMLNode.Pair] { pairs.filter { !asked.contains($0.name) } }

    /// Reports unknown keys and missing choices; call it once everything has been asked for.
    public mutating func finish() {
        guard isMapping else { return }
        if let observer = AskedKeys.observer { observer(what, asked) }
        let unknown = remaining
        // A misspelt key is told once, as the unknown key with the right one beside it.
        let meant = unknown.map { nearestUse(of: $0.name) }
        for (pair, name) in zip(unknown, meant) { report(unknown: pair, meant: name) }
        for key in absent where !meant.contains(key) {
            reading.error("AS011", "\(Self.article(what)) needs '\(key)'", at: node, fix: "add `\(key): …`")
        }
        for choice in choices where !meant.contains(where: { $0.map(choice.names.contains) ?? false }) {
            reading.error(
                choice.code, "\(Self.article(what)) needs one of \(YAMLReading.choice(choice.names))",
                at: node)
        }
        (absent, choices) = ([], [])
    }

    private func nearestUse(of name: String) -> String? {
        let free = asked.filter { name in !pairs.contains { $0.name == name } }
        return nearestName(to: name, among: free) ?? nearestName(to: name, among: asked)
    }

    private func report(unknown pair: YAMLNode.Pair, meant: String?) {
        let known = "known here: " + asked.sorted().joined(separator: ", ")
        reading.error(
            "AS010", "'\(shortened(pair.name))' is not known in \(Self.article(what))", at: pair.key,
            fix: meant.map { "did you mean '\($0)'?" } ?? (asked.isEmpty ? "remove it" : known))
    }

    /// `a step`, `an expectation`; what already begins with an article or is a name stays.
    static func article(_ what: String) -> String {
        if what.hasPrefix("the ") || what.hasPrefix("a ") || what.hasPrefix("an ") || what.hasPrefix("'") {
            return what
        }
        return ("aeio".contains(what.lowercased().prefix(1)) ? "an " : "a ") + what
    }
}

/// Which keys readers know: what a test compares with the published JSON Schemas.
public enum AskedKeys {
    /// Told what each mapping is and which keys it was asked for, once it has been read.
    @TaskLocal public static var observer: (@Sendable (_ what: String, _ keys: [String]) -> Void)?
}

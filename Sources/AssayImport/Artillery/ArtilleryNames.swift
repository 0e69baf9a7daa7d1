internal import AssayCore
internal import AssayFormats

/// What templates of a script may read.
struct ArtilleryNames {
    /// Known when the script is read.
    var constants: [String: JSON] = [:]
    /// Set while a user runs: variables, columns, captures, loops.
    var settable: Set<String> = []
    /// Known when the stand is up.
    var parts: Set<String> = []
    /// Collects what steps set, wherever they are.
    mutating func collect(from nodes: [YAMLNode]) {
        for node in nodes {
            if let elements = node.elements { collect(from: elements) }
            for pair in node.pairs ?? [] {
                if pair.name == "capture" {
                    for capture in pair.value.elements ?? [pair.value] {
                        if let name = capture["as"]?.scalarText { settable.insert(name) }
                    }
                }
                if pair.name == "loop" {
                    settable.insert(node["loopValue"]?.scalarText ?? "$loopCount")
                    settable.insert(node["loopElement"]?.scalarText ?? "$loopElement")
                }
                collect(from: [pair.value])
            }
        }
    }

    /// A path as lodash reads it, as an expression on the names.
    ///
    /// - Returns: `nil` when nothing can ever set it.
    func expression(_ path: String, at location: SourceLocation) -> Expression? {
        if settable.contains(path) { return .name(path, location) }
        let parts = ArtilleryPath.parts(path)
        guard let first = parts.first else { return nil }
        var base: Expression
        if settable.contains(first) || self.parts.contains(first) {
            base = .name(first, location)
        } else if let constant = constants[first] {
            base = .literal(constant)
        } else {
            return nil
        }
        for (place, part) in parts.enumerated().dropFirst() {
            if let index = Int(part), index >= 0 {
                base = .index(base, .literal(.int(Int64(index))))
            } else if part == "length", place == parts.count - 1 {
                base = .call(function: "length", arguments: [base], location)
            } else {
                base = .member(base, part)
            }
        }
        return base
    }
}

/// Paths into values: `a.b[0]['c']`.
enum ArtilleryPath {
    static func parts(_ path: String) -> [String] {
        var parts: [String] = []
        var part = ""
        var quote: Character?
        func close(_ part: inout String) {
            if !part.isEmpty { parts.append(part) }
            part = ""
        }
        for character in path {
            if let open = quote {
                if character == open { quote = nil } else { part.append(character) }
                continue
            }
            switch character {
            case ".", "[", "]": close(&part)
            case "'", "\"": quote = character
            default: part.append(character)
            }
        }
        close(&part)
        return parts
    }
}

internal import AssayFormats

/// The path of an operation, with its parameters.
struct PathTemplate: Hashable, Sendable {
    enum Part: Hashable, Sendable {
        case text(String)
        case parameter(String)
        /// A text with a parameter in it, as a document may have: `report.{format}`.
        case mixed(String)
    }

    var parts: [Part]

    /// `/jobs/{jobId}`
    var text: String {
        "/"
            + parts.map { part in
                switch part {
                // Braces would be a parameter.
                case .text(let text): text.replacing("{", with: "%7B").replacing("}", with: "%7D")
                case .parameter(let name): "{\(name)}"
                case .mixed(let text): text
                }
            }.joined(separator: "/")
    }

    var parameters: [String] {
        parts.compactMap { if case .parameter(let name) = $0 { name } else { nil } }
    }

    /// Reads `/jobs/{id}/report.{format}`.
    init(parsing text: String) {
        parts = Self.segments(text).map { segment in
            guard let open = segment.firstIndex(of: "{"), let close = segment.lastIndex(of: "}"), open < close
            else { return .text(segment) }
            guard segment.hasPrefix("{"), close == segment.index(before: segment.endIndex) else {
                return .mixed(segment)
            }
            return .parameter(String(segment[segment.index(after: open)..<close]))
        }
    }

    init(_ parts: [Part]) { self.parts = parts }

    func fits(_ segments: [String]) -> Bool {
        parts.count == segments.count
            && zip(parts, segments).allSatisfy { part, segment in
                switch part {
                case .text(let text): text == segment
                case .parameter: !segment.isEmpty
                case .mixed(let text):
                    segment.hasPrefix(text.prefix { $0 != "{" })
                        && segment.hasSuffix(
                            text.suffix(from: text.index(after: text.lastIndex(of: "}") ?? text.startIndex)))
                }
            }
    }

    /// How much of it is constant: of two templates that fit, the one with more is meant.
    var weight: Int {
        parts.reduce(0) { sum, part in
            switch part {
            case .text: sum + 2
            case .mixed: sum + 1
            case .parameter: sum
            }
        }
    }

    static func segments(_ path: String) -> [String] {
        path.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map(String.init)
    }
}

/// Tells which parts of paths are parameters.
///
/// Parameters are parts that a scenario says are, that look like ids (numbers, UUIDs, hexadecimal digits, dates, tokens),
/// that an earlier answer gave as the id of something, and those of which there are many that go on alike.
struct PathTemplating {
    /// One request's path.
    struct Path {
        var method: String
        var segments: [String]
        /// Places that are known to be parameters; an empty name when it has none.
        var named: [Int: String]
    }

    /// From so many different words on, with the same below them, a part is a parameter.
    private static let manyWords = 10

    /// Values that answers gave as ids, and the names of their members: `alice` → `slug`.
    var captured: [String: Set<String>] = [:]
    /// Templates of a document that is there already.
    var known: [PathTemplate] = []

    /// - Returns: the template of each path.
    func templates(of paths: [Path]) -> [PathTemplate] {
        var result: [PathTemplate?] = paths.map { path in
            known.filter { $0.fits(path.segments) }.max { $0.weight < $1.weight }
        }
        let open = paths.indices.filter { result[$0] == nil }
        var parts: [Int: [PathTemplate.Part]] = [:]
        for count in Set(open.map { paths[$0].segments.count }).sorted() {
            split(open.filter { paths[$0].segments.count == count }, at: 0, [], paths, &parts)
        }
        for (index, found) in parts { result[index] = PathTemplate(found) }
        return result.map { $0 ?? PathTemplate([]) }
    }

    /// Groups paths that are alike up to a part by that part.
    private func split(
        _ group: [Int], at depth: Int, _ front: [PathTemplate.Part], _ paths: [Path],
        _ parts: inout [Int: [PathTemplate.Part]]
    ) {
        guard let first = group.first, depth < paths[first].segments.count else {
            for index in group { parts[index] = front }
            return
        }
        let byWord = Dictionary(grouping: group) { paths[$0].segments[depth] }
        let captive = byWord.keys.filter { isCaptured($0, at: depth) }
        let crowd = depth > 0 && byWord.count >= Self.manyWords && areAlike(Array(byWord.values), paths)
        var variable: [Int] = []
        for (word, indices) in byWord.sorted(by: { $0.key < $1.key }) {
            let isVariable =
                !word.isEmpty
                && (crowd || captive.contains(word) || IdentifierKind(URLText.decoded(word)) != nil)
            let named = indices.filter { paths[$0].named[depth] != nil }
            variable += isVariable ? indices : named
            let constant = isVariable ? [] : indices.filter { paths[$0].named[depth] == nil }
            if !constant.isEmpty { split(constant, at: depth + 1, front + [.text(word)], paths, &parts) }
        }
        guard !variable.isEmpty else { return }
        let name = name(of: variable.sorted(), at: depth, front, paths)
        split(variable.sorted(), at: depth + 1, front + [.parameter(name)], paths, &parts)
    }

    private func isCaptured(_ word: String, at depth: Int) -> Bool {
        guard depth > 0, let names = captured[URLText.decoded(word)] else { return false }
        return names.contains(where: Self.namesID)
    }

    /// Whether what is below each of the words is the same: methods and lengths.
    private func areAlike(_ groups: [[Int]], _ paths: [Path]) -> Bool {
        let kinds = groups.map { group in Set(group.map { paths[$0].method }) }
        return Set(kinds).count == 1
    }

    /// Members that say which one of several a thing is.
    static func namesID(_ name: String) -> Bool {
        let lower = name.lowercased()
        return ["id", "uuid", "key", "slug", "handle", "username", "login"].contains(lower)
            || name.hasSuffix("Id") || name.hasSuffix("ID") || lower.hasSuffix("_id")
            || lower.hasSuffix("-id")
    }

    // MARK: names

    /// What scenarios call it most, else what it is an id of.
    private func name(
        of group: [Int], at depth: Int, _ front: [PathTemplate.Part], _ paths: [Path]
    ) -> String {
        var counts: [String: Int] = [:]
        for index in group {
            if let name = paths[index].named[depth], !name.isEmpty { counts[name, default: 0] += 1 }
        }
        let said = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.first?.key
        let taken = Set(PathTemplate(front).parameters)
        let stem = said ?? derivedName(group, at: depth, front, paths)
        if !taken.contains(stem) { return stem }
        var number = 2
        while taken.contains("\(stem)\(number)") { number += 1 }
        return "\(stem)\(number)"
    }

    private func derivedName(
        _ group: [Int], at depth: Int, _ front: [PathTemplate.Part], _ paths: [Path]
    ) -> String {
        let words = Set(group.map { paths[$0].segments[depth] })
        let kinds = words.map { IdentifierKind(URLText.decoded($0)) }
        var ending = "Id"
        if kinds.allSatisfy({ $0 == .date }) {
            ending = "Date"
        } else if kinds.allSatisfy({ $0 == nil }) {
            let names = Set(words.flatMap { captured[URLText.decoded($0)] ?? [] }.filter(Self.namesID))
            // Names that say more than that it is an id.
            ending =
                names.filter { !$0.lowercased().hasSuffix("id") }.min().map(SchemaName.camelCased)
                ?? (names.isEmpty ? "Name" : "Id")
        }
        var owner = ""
        if case .text(let text)? = front.last(where: { if case .text = $0 { true } else { false } }) {
            owner = SchemaName.camelCased(SchemaName.singular(text))
        }
        let name = owner + ending
        return name.prefix(1).lowercased() + name.dropFirst()
    }
}

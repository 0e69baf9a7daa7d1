public import AssayCore

/// Compares a value with a kept one, leaving out what masks name.
///
/// A masked part must be there on both sides; what it holds does not count.
public enum GoldenComparison {
    /// What stands for a masked part, in comparisons and in kept files.
    public static let maskText = "‹masked›"

    /// `value` with every node that a mask selects replaced by ``maskText``; what `--update-golden` keeps.
    public static func masked(_ value: JSON, by masks: [JSONPath]) -> JSON {
        var result = value
        for node in masks.flatMap({ $0.nodes(in: value) }) {
            result = result.replacing(node.segments[...], by: .string(maskText))
        }
        return result
    }

    /// What `--update-golden` keeps: the value with masked parts as they are kept already, else ``maskText``.
    ///
    /// - Parameter kept: what the file holds now; `nil` when there is none.
    public static func updated(_ value: JSON, kept: JSON?, masks: [JSONPath]) -> JSON {
        var result = value
        for node in masks.flatMap({ $0.nodes(in: value) }) {
            let place = node.segments[...]
            result = result.replacing(place, by: kept?.part(at: place) ?? .string(maskText))
        }
        return kept.map { result.ordered(like: $0) } ?? result
    }

    /// The first place where two values differ, in the order of the kept one.
    ///
    /// - Returns: a JSON Pointer into the kept value, empty for the whole; `nil` when both are equal.
    public static func firstDifference(kept: JSON, actual: JSON) -> String? {
        if kept == actual { return nil }
        switch (kept, actual) {
        case (.object(let own), .object(let theirs)):
            for (key, value) in own {
                let step =
                    "/"
                    + key.split(separator: "~", omittingEmptySubsequences: false).joined(separator: "~0")
                    .split(separator: "/", omittingEmptySubsequences: false).joined(separator: "~1")
                guard let other = theirs[key] else { return step }
                if let below = firstDifference(kept: value, actual: other) { return step + below }
            }
        case (.array(let own), .array(let theirs)):
            for (index, value) in own.enumerated() {
                guard index < theirs.count else { return "/\(index)" }
                if let below = firstDifference(kept: value, actual: theirs[index]) {
                    return "/\(index)" + below
                }
            }
        default: break
        }
        return ""
    }

    /// - Parameters:
    ///   - kept: what the file holds.
    ///   - masks: parts that are not compared, applied to both sides.
    ///   - file: the kept file's name, for people.
    ///   - place: where in the file a JSON Pointer leads, for people; the mismatch names the first difference.
    /// - Returns: nothing when both are equal; otherwise one mismatch with a diff.
    public static func judge(
        kept: JSON, actual: JSON, masks: [JSONPath], file: String, subject: String, location: SourceLocation?,
        place: (String) -> SourceLocation? = { _ in nil }
    ) -> [Mismatch] {
        let kept = masked(kept, by: masks)
        let actual = masked(actual, by: masks)
        guard let difference = firstDifference(kept: kept, actual: actual) else { return [] }
        let diff = LineDiff(from: Shown.pretty(kept), to: Shown.pretty(actual.ordered(like: kept))).rendered()
        return [
            Mismatch(
                subject: subject, expected: "as kept in \(place(difference).map { "\($0)" } ?? file)",
                actual: Shown.value(actual), diff: diff,
                location: location)
        ]
    }
}

extension JSONNode {
    /// The place as people write it: `$.items[0].id`.
    public var readablePath: String {
        segments.reduce("$") { path, segment in
            switch segment {
            case .name(let name): Shown.path(path, name)
            case .index(let index): "\(path)[\(index)]"
            }
        }
    }
}

extension JSON {
    /// A part of the value; `nil` when there is none.
    func part(at place: ArraySlice<CompiledPath.Segment>) -> JSON? {
        guard let first = place.first else { return self }
        let next: JSON? =
            switch first {
            case .name(let name): self[name]
            case .index(let index): self[index]
            }
        return next?.part(at: place.dropFirst())
    }

    /// The value with one part of it replaced; as it is when there is no such part.
    func replacing(_ place: ArraySlice<CompiledPath.Segment>, by part: JSON) -> JSON {
        guard let first = place.first else { return part }
        switch (self, first) {
        case (.object(var members), .name(let name)):
            guard let member = members[name] else { return self }
            members[name] = member.replacing(place.dropFirst(), by: part)
            return .object(members)
        case (.array(var elements), .index(let index)) where elements.indices.contains(index):
            elements[index] = elements[index].replacing(place.dropFirst(), by: part)
            return .array(elements)
        default: return self
        }
    }

    /// The same value with members in the order of another, so that a diff shows only what differs.
    func ordered(like other: JSON) -> JSON {
        switch (self, other) {
        case (.array(let own), .array(let theirs)):
            return .array(own.enumerated().map { $0 < theirs.count ? $1.ordered(like: theirs[$0]) : $1 })
        case (.object(let own), .object(let theirs)):
            var result = JSONObject()
            for (key, value) in theirs { if let mine = own[key] { result[key] = mine.ordered(like: value) } }
            for (key, value) in own where theirs[key] == nil { result[key] = value }
            return .object(result)
        default: return self
        }
    }
}

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

    /// - Parameters:
    ///   - kept: what the file holds.
    ///   - masks: parts that are not compared, applied to both sides.
    ///   - file: the kept file's name, for people.
    /// - Returns: nothing when both are equal; otherwise one mismatch with a diff.
    public static func judge(
        kept: JSON, actual: JSON, masks: [JSONPath], file: String, subject: String, location: SourceLocation?
    ) -> [Mismatch] {
        let kept = masked(kept, by: masks)
        let actual = masked(actual, by: masks)
        if kept == actual { return [] }
        let diff = LineDiff(from: Shown.pretty(kept), to: Shown.pretty(actual.ordered(like: kept))).rendered()
        return [
            Mismatch(
                subject: subject, expected: "as kept in \(file)", actual: Shown.value(actual), diff: diff,
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

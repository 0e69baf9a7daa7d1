public import AssayCore
public import AssayFormats

/// Compares a value with a kept one, leaving out what masks name.
///
/// A masked part must be there on both sides; what it holds does not count.
public enum GoldenComparison {
    /// What stands for a masked part, in comparisons and in kept files.
    public static let maskText = "‹masked›"

    /// `value` with every node that a mask selects replaced by ``maskText``; what `--update-golden` keeps.
    public static func masked(_ value: JSON, by masks: [JSONPath]) -> JSON {
        var places: [[PathStep]] = []
        for mask in masks { places += mask.nodes(in: value).map(\.path) }
        var result = value
        for place in places { result.replace(at: place[...], by: .string(maskText)) }
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

extension JSON {
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

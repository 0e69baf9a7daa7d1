/// Differences of two texts, line by line.
///
/// Source: E. W. Myers, "An O(ND) Difference Algorithm and Its Variations" (1986).
public struct LineDiff: Sendable {
    public enum Change: Sendable, Equatable {
        case same(String)
        /// Only in the first text.
        case removed(String)
        /// Only in the second text.
        case added(String)
    }

    /// Lines of both texts in order.
    public var changes: [Change]

    /// Texts are cut at so many lines before they are compared.
    static let lineLimit = 4000
    /// Further apart than this, the middle is shown as replaced whole; bounds time and memory.
    static let distanceLimit = 400

    /// Compares two texts.
    ///
    /// - Complexity: O((lines) · differences), both bounded.
    public init(from old: String, to new: String) {
        let old = Self.lines(old)
        let new = Self.lines(new)
        let head = zip(old, new).prefix { $0 == $1 }.count
        let tail = zip(old.dropFirst(head).reversed(), new.dropFirst(head).reversed()).prefix { $0 == $1 }
            .count
        let oldMiddle = Array(old[head..<(old.count - tail)])
        let newMiddle = Array(new[head..<(new.count - tail)])
        changes = old.prefix(head).map { .same($0) }
        changes += Self.shortestEdit(oldMiddle, newMiddle)
        changes += old.suffix(tail).map { .same($0) }
    }

    private static func lines(_ text: String) -> [String] {
        text.split(separator: "\n", maxSplits: lineLimit, omittingEmptySubsequences: false)
            .prefix(lineLimit).map(String.init)
    }

    private static func shortestEdit(_ old: [String], _ new: [String]) -> [Change] {
        if old.isEmpty || new.isEmpty { return replaced(old, new) }
        let most = min(old.count + new.count, distanceLimit)
        // furthest[k + most]: the furthest line of `old` reached on diagonal k = x - y.
        var furthest = Array(repeating: 0, count: 2 * most + 2)
        var trace: [[Int]] = []
        for distance in 0...most {
            trace.append(furthest)
            for k in stride(from: -distance, through: distance, by: 2) {
                let down =
                    k == -distance || (k != distance && furthest[k - 1 + most] < furthest[k + 1 + most])
                var x = down ? furthest[k + 1 + most] : furthest[k - 1 + most] + 1
                while x < old.count, x - k < new.count, x - k >= 0, old[x] == new[x - k] { x += 1 }
                furthest[k + most] = x
                if x >= old.count, x - k >= new.count { return path(old, new, trace, most) }
            }
        }
        return replaced(old, new)
    }

    private static func replaced(_ old: [String], _ new: [String]) -> [Change] {
        old.map { .removed($0) } + new.map { .added($0) }
    }

    /// Walks the trace of a finished search back to its start.
    private static func path(_ old: [String], _ new: [String], _ trace: [[Int]], _ most: Int) -> [Change] {
        var reversed: [Change] = []
        var (x, y) = (old.count, new.count)
        for distance in trace.indices.reversed() {
            let furthest = trace[distance]
            let k = x - y
            let down = k == -distance || (k != distance && furthest[k - 1 + most] < furthest[k + 1 + most])
            let before = down ? k + 1 : k - 1
            let beforeX = distance == 0 ? 0 : furthest[before + most]
            let beforeY = distance == 0 ? 0 : beforeX - before
            while x > beforeX, y > beforeY {
                reversed.append(.same(old[x - 1]))
                (x, y) = (x - 1, y - 1)
            }
            guard distance > 0 else { break }
            reversed.append(down ? .added(new[y - 1]) : .removed(old[x - 1]))
            (x, y) = (beforeX, beforeY)
        }
        return reversed.reversed()
    }
}

extension LineDiff {
    /// Whether the texts are the same.
    public var isEmpty: Bool {
        changes.allSatisfy { if case .same = $0 { true } else { false } }
    }

    /// The differences as a person reads them: `- expected`, `+ actual`, and a few equal lines around each.
    ///
    /// - Parameters:
    ///   - context: equal lines kept before and after a difference.
    ///   - lineLimit: lines of the result; what is left out is counted in the last one.
    ///   - widthLimit: characters of a line.
    public func rendered(context: Int = 2, lineLimit: Int = 60, widthLimit: Int = 160) -> String {
        var near = Array(repeating: false, count: changes.count)
        for (place, change) in changes.enumerated() {
            if case .same = change { continue }
            for other in max(0, place - context)...min(changes.count - 1, place + context) {
                near[other] = true
            }
        }
        var lines: [String] = []
        var place = 0
        while place < changes.count {
            if near[place] {
                lines.append(Self.line(changes[place], widthLimit))
                place += 1
            } else {
                let end = near[place...].firstIndex(of: true) ?? changes.count
                lines.append(end - place == 1 ? "  … 1 same line" : "  … \(end - place) same lines")
                place = end
            }
        }
        if lines.count > lineLimit {
            let left = lines.count - lineLimit
            lines = lines.prefix(lineLimit) + ["  … \(left) more lines"]
        }
        return lines.joined(separator: "\n")
    }

    private static func line(_ change: Change, _ widthLimit: Int) -> String {
        let (mark, text) =
            switch change {
            case .same(let text): ("  ", text)
            case .removed(let text): ("- ", text)
            case .added(let text): ("+ ", text)
            }
        return mark + (text.count > widthLimit ? text.prefix(widthLimit) + "…" : text)
    }
}

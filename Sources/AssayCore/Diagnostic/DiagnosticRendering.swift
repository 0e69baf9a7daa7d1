extension Diagnostic {
    /// The diagnostic as a person reads it.
    ///
    /// ```
    /// error[AS041]: step 'pay' reads ${order}, but nothing sets it
    ///   tests/checkout.yml:18:13   path: /orders/${order}/pay
    ///                                            ^^^^^^^^
    ///   fix: add `capture: {order: $.id}` to step 'create' (line 9)
    /// ```
    /// - Parameter style: colours, or none.
    public func rendered(style: Style = .plain) -> String {
        let colour: Style.Colour = severity == .error ? .red : .yellow
        var text = style.paint("\(severity.rawValue)[\(code)]", colour, bold: true) + ": " + message
        if let location {
            let prefix = "  \(location)   "
            if let line {
                let scalars = Array(line.unicodeScalars)
                let lead = scalars.prefix { $0 == " " || $0 == "\t" }.count
                var shown = String(String.UnicodeScalarView(scalars.dropFirst(lead)))
                shown = String(shown.prefix(160))
                let offset = max(0, location.column - 1 - lead)
                let room = max(1, shown.unicodeScalars.count - offset)
                text += "\n\(prefix)\(shown)"
                if offset <= shown.unicodeScalars.count {
                    let caret = String(repeating: "^", count: min(location.length, room))
                    text += "\n" + String(repeating: " ", count: prefix.unicodeScalars.count + offset)
                    text += style.paint(caret, colour)
                }
            } else {
                text += "\n  \(location)"
            }
        }
        if let fix { text += "\n  " + style.paint("fix:", .green) + " " + fix }
        return text
    }
}

/// Whether text for a person carries colours.
public struct Style: Sendable {
    public enum Colour: Int, Sendable {
        case red = 31, green = 32, yellow = 33, blue = 34, cyan = 36, grey = 90
    }

    public var colours: Bool
    public init(colours: Bool) { self.colours = colours }

    public static let plain = Style(colours: false)

    public func paint(_ text: String, _ colour: Colour, bold: Bool = false) -> String {
        guard colours, !text.isEmpty else { return text }
        return "\u{1B}[\(bold ? "1;" : "")\(colour.rawValue)m\(text)\u{1B}[0m"
    }
}

/// The nearest of several names to a misspelt one.
///
/// - Returns: `nil` when nothing is near enough to be meant (more than a third of the letters differ).
public func nearestName(to name: String, among candidates: some Sequence<String>) -> String? {
    let wanted = Array(name.lowercased())
    var best: (name: String, distance: Int)?
    for candidate in candidates {
        let distance = editDistance(wanted, Array(candidate.lowercased()))
        if distance <= max(1, max(wanted.count, candidate.count) / 3), distance < best?.distance ?? .max {
            best = (candidate, distance)
        }
    }
    return best?.name
}

/// Edits that turn one into the other: insert, delete, replace, swap neighbours (optimal string alignment).
func editDistance(_ left: [Character], _ right: [Character]) -> Int {
    if left.isEmpty || right.isEmpty { return max(left.count, right.count) }
    var beforeLast = [Int](repeating: 0, count: right.count + 1)
    var last = Array(0...right.count)
    for i in 1...left.count {
        var current = [i] + [Int](repeating: 0, count: right.count)
        for j in 1...right.count {
            let cost = left[i - 1] == right[j - 1] ? 0 : 1
            current[j] = min(last[j] + 1, current[j - 1] + 1, last[j - 1] + cost)
            if i > 1, j > 1, left[i - 1] == right[j - 2], left[i - 2] == right[j - 1] {
                current[j] = min(current[j], beforeLast[j - 2] + 1)
            }
        }
        (beforeLast, last) = (last, current)
    }
    return last[right.count]
}

public import AssayCore

/// A text file by lines, for showing the line that a diagnostic speaks of.
public struct SourceText: Sendable {
    /// Path as the person gave it.
    public var file: String
    public private(set) var lines: [String]

    /// - Parameter text: whole text of the file; a byte order mark is not part of its first line.
    public init(_ text: String, file: String) {
        self.file = file
        lines = []
        var line = String.UnicodeScalarView()
        var afterReturn = false
        var isFirst = true
        for scalar in text.unicodeScalars {
            defer { isFirst = false }
            if isFirst, scalar == "\u{FEFF}" { continue }
            switch scalar {
            case "\n" where afterReturn: afterReturn = false
            // The line breaks that libyaml counts (YAML 1.1 §5.4).
            case "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}":
                lines.append(String(line))
                line.removeAll(keepingCapacity: true)
                afterReturn = scalar == "\r"
            default:
                line.append(scalar)
                afterReturn = false
            }
        }
        lines.append(String(line))
    }

    /// - Parameter number: 1-based.
    public func line(_ number: Int) -> String? {
        lines.indices.contains(number - 1) ? lines[number - 1] : nil
    }

    /// The diagnostic with the text of its line, when the line is of this file.
    public func completed(_ diagnostic: Diagnostic) -> Diagnostic {
        guard let location = diagnostic.location, location.file == file, diagnostic.line == nil else {
            return diagnostic
        }
        var result = diagnostic
        result.line = line(location.line)
        return result
    }
}

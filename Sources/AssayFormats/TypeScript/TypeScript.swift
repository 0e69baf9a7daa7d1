/// TypeScript as the JavaScript that it is without its types.
///
/// Types are overwritten with blanks, so that every line and nearly every column stays what it was and exceptions tell the
/// place in the user's file. What has to become code (enumerations, namespaces, parameters that are properties) is
/// written in its own lines. Nothing is checked: what the types say is a matter of the user's own tools.
///
/// What it means is what it means to esbuild, whose rules k6 follows: imports that are used as types alone are dropped.
public enum TypeScript {
    /// The JavaScript of a module.
    ///
    /// - Parameter source: UTF-8 of a `.ts` file; `.tsx` is none, `<` begins types and no elements.
    /// - Returns: as many lines, and as many scalars in each line where nothing had to be added.
    /// - Throws: where the text is no TypeScript, or is of a kind that cannot be carried over.
    /// - Complexity: linear in the source; nesting is bounded by ``deepest``.
    public static func erased(_ source: [UInt8]) throws(TypeScriptError) -> [UInt8] {
        var parser = try TypeScriptParser(source)
        try parser.parseModule()
        return parser.edits.applied(to: source)
    }

    /// How deep brackets, functions and types may stand in each other.
    public static let deepest = 150
}

/// Why a text cannot be made JavaScript.
public struct TypeScriptError: Error, Sendable, Equatable {
    /// 1-based.
    public var line: Int
    /// 1-based, counted in Unicode scalars.
    public var column: Int
    /// How many scalars it is about.
    public var length: Int
    /// The line it stands in.
    public var text: String
    /// Like `expected ';', found 'x'`.
    public var message: String
    /// What to do, when it is TypeScript that is not carried over.
    public var fix: String?

    init(_ problem: TypeScriptProblem, in source: [UInt8]) {
        let offset = min(max(0, problem.start), source.count)
        let isBreak: (UInt8) -> Bool = { $0 == 10 || $0 == 13 }
        // A line break of two bytes counts once.
        line = 1
        for index in 0..<offset
        where source[index] == 10
            || source[index] == 13 && (index + 1 == source.count || source[index + 1] != 10)
        {
            line += 1
        }
        let start = source[..<offset].lastIndex(where: isBreak).map { $0 + 1 } ?? 0
        let end = source[offset...].firstIndex(where: isBreak) ?? source.count
        text = String(decoding: source[start..<max(start, end)], as: UTF8.self)
        column = String(decoding: source[start..<offset], as: UTF8.self).unicodeScalars.count + 1
        let last = min(max(offset, problem.end), max(offset, end))
        length = max(1, String(decoding: source[offset..<last], as: UTF8.self).unicodeScalars.count)
        message = problem.message
        fix = problem.fix
    }
}

/// The same by bytes, while it is read.
struct TypeScriptProblem: Error {
    var start: Int
    var end: Int
    var message: String
    var fix: String?
}

internal import CScriptEngine

/// What the texts of a program can ask for, by the words that stand in them.
///
/// Every virtual user has a runtime of its own, so what none of them can name is not made. A word in a comment counts as
/// one that is asked for; a text that can name things unseen asks for everything.
struct SourceWords {
    static let allParts = Int32(
        SCRIPT_BUFFERS | SCRIPT_COLLECTIONS | SCRIPT_WEAK | SCRIPT_WEB | SCRIPT_DATES)

    let parts: Int32
    /// Of the exports that were asked about; `nil` when a module may be read whole.
    let exports: Set<String>?

    /// - Parameters:
    ///   - texts: of all modules, those of Assay's own in JavaScript among them.
    ///   - exports: of built-in modules.
    init(_ texts: [[UInt8]], exports: [String]) {
        let texts = texts.map { String(decoding: $0, as: UTF8.self) }
        func names(_ words: [String]) -> Bool {
            texts.contains { text in words.contains { text.firstRange(of: $0) != nil } }
        }
        if names(["eval", "Function(", ".constructor(", "globalThis", "global"]) {
            parts = Self.allParts
        } else {
            parts = Self.words.reduce(Int32(0)) { $0 | (names($1.words) ? Int32($1.part) : 0) }
        }
        if names(["* as", "*as", "import(", "require(", "export *", "export*"]) {
            self.exports = nil
        } else {
            self.exports = Set(exports.filter { names([$0]) })
        }
    }

    private static let words: [(part: Int, words: [String])] = [
        (
            SCRIPT_BUFFERS,
            [
                "Int8", "int8", "Int16", "int16", "Int32", "int32", "Int64", "int64", "Float16", "Float32",
                "Float64", "ArrayBuffer", "DataView", "Atomics",
            ]
        ),
        // `getFullYear` and the like belong to what somebody has made, and natives make none before they are asked.
        (SCRIPT_DATES, ["Date"]),
        (SCRIPT_COLLECTIONS, ["Map", "Set", "groupBy"]),
        (SCRIPT_WEAK, ["WeakRef", "FinalizationRegistry"]),
        (SCRIPT_WEB, ["atob", "btoa", "DOMException", "performance"]),
    ]
}

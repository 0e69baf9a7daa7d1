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
        let strings = texts.map { String(decoding: $0, as: UTF8.self) }
        func names(_ words: [String]) -> Bool {
            strings.contains { text in words.contains { text.firstRange(of: $0) != nil } }
        }
        // `\u` may be any letter of a name.
        let hasEscapes = names(["\\u"])
        if hasEscapes || names(["eval", "globalThis", "global"])
            || texts.contains(where: { SourceText($0).canCompile })
        {
            parts = Self.allParts
        } else {
            parts = Self.words.reduce(Int32(0)) { $0 | (names($1.words) ? Int32($1.part) : 0) }
        }
        if hasEscapes || names(["import(", "require("])
            || texts.contains(where: { SourceText($0).readsModulesWhole })
        {
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

/// A source's words with what stands around them; where it is unsure it takes the script for one that can do more.
private struct SourceText {
    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// `Function`, or the constructor of a function, makes code of texts.
    var canCompile: Bool {
        places(of: "Function").contains { _ in true }
            || places(of: "constructor").contains { !isDeclaration($0) }
    }

    /// `import * as`, `export *`, `import()` and `require()`.
    var readsModulesWhole: Bool {
        bytes.indices.contains { place in
            guard bytes[place] == Ascii.star else { return false }
            let next = skip(from: place + 1)
            return ends("as", at: next) || ends("from", at: next)
        }
            || places(of: "import").contains { starts("(", at: skip(from: $0.upperBound)) }
            || places(of: "require").contains { _ in true }
    }

    /// Where a word stands that is no part of another one.
    private func places(of word: String) -> some Sequence<Range<Int>> {
        let count = word.utf8.count
        let first = word.utf8.first
        return bytes.indices.lazy.filter { bytes[$0] == first && isWord(word, at: $0) }.map {
            $0..<$0 + count
        }
    }

    private func isWord(_ word: String, at place: Int) -> Bool {
        (place == 0 || !Self.isPartOfName(bytes[place - 1])) && ends(word, at: place)
    }

    /// A word, whatever stands before it.
    private func ends(_ word: String, at place: Int) -> Bool {
        guard starts(word, at: place) else { return false }
        let end = place + word.utf8.count
        return end == bytes.count || !Self.isPartOfName(bytes[end])
    }

    private func starts(_ text: String, at place: Int) -> Bool { bytes[place...].starts(with: text.utf8) }

    private static func isPartOfName(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x24, 0x80...: true
        default: false
        }
    }

    /// A class's own: `{ constructor(` after nothing but the end of something, comments aside.
    private func isDeclaration(_ word: Range<Int>) -> Bool {
        guard starts("(", at: skip(from: word.upperBound)) else { return false }
        switch skipBack(from: word.lowerBound).map({ bytes[$0] }) {
        case Ascii.leftBrace, Ascii.rightBrace, UInt8(ascii: ";"): return true
        default: return false
        }
    }

    /// - Returns: where something stands that is neither space nor comment.
    private func skip(from start: Int) -> Int {
        var place = start
        while place < bytes.count {
            // Some spaces are not of ASCII.
            if Self.isSpace(bytes[place]) || bytes[place] >= 0x80 {
                place += 1
            } else if starts("/*", at: place) {
                place += 2
                while place < bytes.count, !starts("*/", at: place) { place += 1 }
                place = min(place + 2, bytes.count)
            } else if starts("//", at: place) {
                while place < bytes.count, bytes[place] != 0x0A, bytes[place] != 0x0D { place += 1 }
            } else {
                break
            }
        }
        return place
    }

    /// - Returns: what stands before, spaces and comments aside.
    private func skipBack(from end: Int) -> Int? {
        var place = end
        while place > 0 {
            let byte = bytes[place - 1]
            if Self.isSpace(byte) {
                place -= 1
                // The line before may end with a comment.
                if byte == 0x0A, let comment = comment(endingAt: place) { place = comment }
            } else if place >= 4, starts("*/", at: place - 2) {
                place -= 3
                while place > 0, !starts("/*", at: place - 1) { place -= 1 }
                place = max(0, place - 1)
            } else {
                return place - 1
            }
        }
        return nil
    }

    /// Where `//` begins in the line that ends at `end`.
    private func comment(endingAt end: Int) -> Int? {
        var place = end
        var found: Int?
        while place > 0, bytes[place - 1] != 0x0A {
            place -= 1
            if starts("//", at: place) { found = place }
        }
        return found
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
}

/// Modules of the older kind, which bundlers write: `require()` and `module.exports` made of imports and exports.
///
/// What is required is found by its literal name and read at the start, as imports are; everything runs in strict mode.
/// Lines keep their numbers: what is added stands on the first and behind the last.
struct CommonJS {
    /// Under which a module of the older kind exports what it calls `module.exports`.
    static let export = "$cjs"

    /// The text without what is added.
    let text: String
    /// The literal names given to `require`, each once.
    let required: [String]
    /// Whether it gives its exports by `module` or `exports`, and neither imports nor exports as newer modules do.
    let isOld: Bool

    init(_ text: String) {
        self.text = text
        let bytes = Array(text.utf8)
        required = Self.required(bytes)
        let givesOld = Self.words(bytes, ["module", "exports"]) { following in
            following == UInt8(ascii: ".") || following == UInt8(ascii: "[") || following == UInt8(ascii: ",")
                || following == UInt8(ascii: ")") || following == UInt8(ascii: ";")
        }
        isOld = givesOld && !Self.isNew(text)
    }

    /// Whether there is anything to do.
    var isNeeded: Bool { isOld || !required.isEmpty && !declaresRequire }

    private var declaresRequire: Bool {
        ["function require", "const require", "let require", "var require", "import require"].contains {
            text.contains($0)
        }
    }

    /// A newer module that does the same.
    ///
    /// - Parameters:
    ///   - found: of ``required`` those that are there.
    ///   - names: what others import of it by name.
    func rendered(found: [String], names: [String]) -> String {
        var head = ""
        var entries: [String] = []
        for (index, name) in found.enumerated() {
            head += "import*as $r\(index) from \(Self.quoted(name));"
            entries.append("\(Self.quoted(name)):$r\(index)")
        }
        let require =
            "((n)=>{const m=({\(entries.joined(separator: ","))})[n];if(m===undefined)"
            + "throw new Error(\"the module '\"+n+\"' was not found when the script was read\");"
            + "return \"$cjs\" in m?m.$cjs:m})"
        guard isOld else { return head + "const require=\(require);" + text }
        var tail = "\n}).call($m.exports,$m,$m.exports,\(require));export const $cjs=$m.exports;"
        tail += "const $d=$cjs!=null&&$cjs.default!==undefined?$cjs.default:$cjs;export{$d as default};"
        for (index, name) in Set(names).sorted().enumerated() where name != "default" && name != "$cjs" {
            tail += "const $x\(index)=$cjs[\(Self.quoted(name))];export{$x\(index) as \(name)};"
        }
        return head + "const $m={exports:{}};(function(module,exports,require){" + text + tail
    }

    private static func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }

    // MARK: looking

    private static func isNamePart(_ byte: UInt8) -> Bool {
        (97...122).contains(byte | 32) || (48...57).contains(byte) || byte == UInt8(ascii: "_")
            || byte == UInt8(ascii: "$") || byte >= 128
    }

    /// Calls back with the place behind each occurrence of a word that stands alone.
    private static func each(_ word: String, in bytes: [UInt8], _ body: (Int) -> Void) {
        let wanted = Array(word.utf8)
        var place = 0
        while place + wanted.count <= bytes.count {
            if bytes[place] == wanted[0], bytes[place..<place + wanted.count].elementsEqual(wanted),
                place == 0 || !isNamePart(bytes[place - 1]) && bytes[place - 1] != UInt8(ascii: "."),
                place + wanted.count == bytes.count || !isNamePart(bytes[place + wanted.count])
            {
                body(place + wanted.count)
                place += wanted.count
            } else {
                place += 1
            }
        }
    }

    private static func skipSpace(_ bytes: [UInt8], _ place: inout Int) {
        while place < bytes.count, [32, 9, 10, 13].contains(bytes[place]) { place += 1 }
    }

    private static func words(_ bytes: [UInt8], _ words: [String], _ fits: (UInt8) -> Bool) -> Bool {
        var found = false
        for word in words {
            each(word, in: bytes) { place in
                var place = place
                skipSpace(bytes, &place)
                if place < bytes.count, fits(bytes[place]) { found = true }
            }
        }
        return found
    }

    /// Whether a line is a comment up to a place: what it says is no code.
    private static func isInComment(_ bytes: [UInt8], _ place: Int) -> Bool {
        let start = bytes[..<place].lastIndex(of: 10).map { $0 + 1 } ?? 0
        let line = bytes[start..<place].drop { $0 == 32 || $0 == 9 }
        return line.starts(with: "//".utf8) || line.starts(with: "*".utf8)
    }

    private static func required(_ bytes: [UInt8]) -> [String] {
        var names: [String] = []
        each("require", in: bytes) { place in
            guard !isInComment(bytes, place) else { return }
            var place = place
            skipSpace(bytes, &place)
            guard place < bytes.count, bytes[place] == UInt8(ascii: "(") else { return }
            place += 1
            skipSpace(bytes, &place)
            guard place < bytes.count,
                bytes[place] == UInt8(ascii: "'") || bytes[place] == UInt8(ascii: "\""),
                let end = bytes[(place + 1)...].firstIndex(of: bytes[place]), end - place < 4096
            else { return }
            let name = String(decoding: bytes[place + 1..<end], as: UTF8.self)
            place = end + 1
            skipSpace(bytes, &place)
            if place < bytes.count, bytes[place] == UInt8(ascii: ")"), !name.contains("\n"),
                !names.contains(name)
            {
                names.append(name)
            }
        }
        return names
    }

    /// A line that begins with an import or an export.
    private static func isNew(_ text: String) -> Bool {
        text.split(whereSeparator: \.isNewline).contains { line in
            let line = line.drop { $0 == " " || $0 == "\t" }
            for (word, following) in [("import", " {*'\""), ("export", " {*")] where line.hasPrefix(word) {
                if let next = line.dropFirst(word.count).first, following.contains(next) { return true }
            }
            return false
        }
    }

    /// What a text imports by name from a module: `import { a, b as c } from 'name'` gives a and b.
    static func names(importedFrom name: String, in text: String) -> [String] {
        var found: [String] = []
        for quote in ["'", "\""] {
            var rest = text[...]
            while let place = rest.firstRange(of: quote + name + quote) {
                let before = rest[..<place.lowerBound]
                rest = rest[place.upperBound...]
                let words = before.reversed().drop { $0.isWhitespace }
                guard words.starts(with: "morf"), let close = before.lastIndex(of: "}"),
                    let open = before[..<close].lastIndex(of: "{"),
                    before[before.index(after: close)...].allSatisfy({
                        $0.isWhitespace || "from".contains($0)
                    })
                else { continue }
                for part in before[before.index(after: open)..<close].split(separator: ",") {
                    if let word = part.split(whereSeparator: \.isWhitespace).first {
                        found.append(String(word))
                    }
                }
            }
        }
        return found
    }
}

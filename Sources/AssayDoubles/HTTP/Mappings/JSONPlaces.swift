internal import AssayCore
internal import AssayFormats

/// Finds where in a JSON text the values of JSON Pointers stand, for diagnostics.
///
/// The text is known to be JSON, so nothing is checked here.
struct JSONPlaces {
    private let bytes: [UInt8]
    private let source: SourceText
    private let file: String

    init(_ bytes: [UInt8], file: String) {
        self.bytes = bytes
        self.file = file
        source = SourceText(String(decoding: bytes, as: UTF8.self), file: file)
    }

    /// A diagnostic at a pointer's value, with its line. The nearest one above it where there is no such value.
    func completed(_ diagnostic: Diagnostic, at pointer: String) -> Diagnostic {
        var diagnostic = diagnostic
        diagnostic.location = location(of: pointer)
        return source.completed(diagnostic)
    }

    func location(of pointer: String) -> SourceLocation {
        let range = range(of: pointer)
        let before = bytes[..<range.lowerBound]
        let lineStart = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        let lineEnd = bytes[range].firstIndex(of: 0x0A) ?? range.upperBound
        func scalars(_ range: Range<Int>) -> Int { bytes[range].count { $0 & 0xC0 != 0x80 } }
        return SourceLocation(
            file: file, line: before.count { $0 == 0x0A } + 1,
            column: scalars(lineStart..<range.lowerBound) + 1,
            // Of a list or an object, its bracket.
            length: [0x7B, 0x5B].contains(bytes.isEmpty ? 0 : bytes[range.lowerBound])
                ? 1 : max(1, scalars(range.lowerBound..<max(range.lowerBound, lineEnd))))
    }

    private func range(of pointer: String) -> Range<Int> {
        var walk = Walk(bytes)
        walk.skipSpace()
        let names = pointer.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map {
            $0.replacing("~1", with: "/").replacing("~0", with: "~")
        }
        for name in names {
            guard let place = walk.child(String(name)) else { break }
            walk.place = place
        }
        let start = min(walk.place, max(0, bytes.count - 1))
        walk.skipValue()
        return start..<max(start, min(walk.place, bytes.count))
    }

    /// Goes over the text from a value's first byte.
    private struct Walk {
        let bytes: [UInt8]
        var place = 0

        init(_ bytes: [UInt8]) { self.bytes = bytes }

        var byte: UInt8 { place < bytes.count ? bytes[place] : 0 }

        mutating func skipSpace() {
            while [0x20, 0x09, 0x0A, 0x0D, 0x2C, 0x3A].contains(byte) { place += 1 }
        }

        mutating func skipString() {
            place += 1
            while place < bytes.count, byte != 0x22 { place += byte == 0x5C ? 2 : 1 }
            place += 1
        }

        mutating func skipValue() {
            var depth = 0
            repeat {
                switch byte {
                case 0x22: skipString()
                case 0x7B, 0x5B:
                    depth += 1
                    place += 1
                case 0x7D, 0x5D:
                    depth -= 1
                    place += 1
                case 0x20, 0x09, 0x0A, 0x0D, 0x2C, 0x3A: place += 1
                default:
                    while place < bytes.count,
                        ![0x20, 0x09, 0x0A, 0x0D, 0x2C, 0x3A, 0x7D, 0x5D].contains(byte)
                    {
                        place += 1
                    }
                }
            } while depth > 0 && place < bytes.count
        }

        /// Where a member or an element of the value begins; the last of those with one name, as it is the one kept.
        func child(_ name: String) -> Int? {
            var walk = self
            let isObject = walk.byte == 0x7B
            guard isObject || walk.byte == 0x5B else { return nil }
            walk.place += 1
            var found: Int?
            var index = 0
            while true {
                walk.skipSpace()
                if walk.place >= bytes.count || walk.byte == 0x7D || walk.byte == 0x5D { return found }
                if isObject {
                    let start = walk.place
                    walk.skipString()
                    let key = try? JSON(parsing: Array(bytes[start..<min(walk.place, bytes.count)]))
                    walk.skipSpace()
                    if key?.stringValue == name { found = walk.place }
                } else if "\(index)" == name {
                    return walk.place
                }
                walk.skipValue()
                index += 1
            }
        }
    }
}

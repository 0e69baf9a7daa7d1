public import AssayCore

/// A pattern of paths: `services/**`, `internal/db/*.go`, `**/test_?.py`, `{api,web}/[a-m]*.ts`.
///
/// Paths are relative, parted by `/`, and compared by Unicode scalars, case and all.
///
/// | written | stands for |
/// |---|---|
/// | `*` | anything but `/`, also nothing |
/// | `?` | one character but `/` |
/// | `**` | between slashes: any number of folders, also none |
/// | `[a-z_]`, `[!0-9]` | one character of a set, or not of it |
/// | `{a,b}` | one of several |
/// | `\*` | the character itself |
///
/// A pattern whose last part is plain (`services/api`, `docs/`) also stands for everything below it.
public struct GlobPattern: Sendable, Hashable {
    /// As it was written.
    public let source: String
    private let choices: [[Part]]
    /// More alternatives than this are refused.
    private static let choiceLimit = 256

    private enum Part: Sendable, Hashable {
        /// `**`
        case folders
        case name([Atom])
    }

    private enum Atom: Sendable, Hashable {
        case character(Unicode.Scalar)
        case any
        case anything
        case set([ClosedRange<Unicode.Scalar>], isNegated: Bool)
    }

    /// - Throws: AS222 for a bracket that is not closed and for too many alternatives.
    public init(_ source: String) throws(Diagnostic) {
        self.source = source
        guard !source.isEmpty else { throw Self.fault("the pattern is empty") }
        var choices: [[Part]] = []
        for text in try Self.alternatives(Array(source.unicodeScalars)) {
            choices.append(try Self.parts(text))
        }
        self.choices = choices
    }

    /// Whether a path is meant. A leading `./` of either does not count.
    public func matches(_ path: String) -> Bool {
        let names = Self.names(path)
        return choices.contains { Self.matches($0[...], names[...]) }
    }

    /// The folder that every match lies below: `build/reports` for `build/reports/*.xml`; empty when there is none.
    public var plainPrefix: String {
        guard choices.count == 1 else { return "" }
        var names: [String] = []
        for part in choices[0].dropLast() {
            guard case .name(let atoms) = part, let name = Self.plain(atoms) else { break }
            names.append(name)
        }
        let prefix = names.joined(separator: "/")
        return source.hasPrefix("/") ? "/" + prefix : prefix
    }

    /// Whether it names one path and nothing else.
    public var isPlain: Bool {
        choices.count == 1
            && choices[0].allSatisfy {
                if case .name(let atoms) = $0 { Self.plain(atoms) != nil } else { false }
            }
    }

    // MARK: Matching

    private static func names(_ path: String) -> [[Unicode.Scalar]] {
        path.unicodeScalars.split(separator: "/").map(Array.init).filter { $0 != ["."] }
    }

    /// Folders are tried with a frontier of places, so `**` costs parts times names and never more.
    private static func matches(_ parts: ArraySlice<Part>, _ names: ArraySlice<[Unicode.Scalar]>) -> Bool {
        var places: Set<Int> = [names.startIndex]
        for part in parts {
            switch part {
            case .folders:
                if let first = places.min() { places = Set(first...names.endIndex) }
            case .name(let atoms):
                places = Set(
                    places.filter { $0 < names.endIndex && matches(atoms, names[$0]) }.map { $0 + 1 })
            }
            if places.isEmpty { return false }
        }
        if places.contains(names.endIndex) { return true }
        // A plain name stands for a folder too.
        guard case .name(let last)? = parts.last else { return false }
        return plain(last) != nil
    }

    /// Goes back to the last `*` only, which is enough: an earlier one could take no other characters to any use.
    private static func matches(_ atoms: [Atom], _ name: [Unicode.Scalar]) -> Bool {
        var (atom, place) = (0, 0)
        var retry: (atom: Int, place: Int)?
        while place < name.count {
            if atom < atoms.count, case .anything = atoms[atom] {
                retry = (atom, place)
                atom += 1
            } else if atom < atoms.count, fits(atoms[atom], name[place]) {
                atom += 1
                place += 1
            } else if let last = retry {
                retry = (last.atom, last.place + 1)
                (atom, place) = (last.atom + 1, last.place + 1)
            } else {
                return false
            }
        }
        return atoms[atom...].allSatisfy { $0 == .anything }
    }

    private static func fits(_ atom: Atom, _ character: Unicode.Scalar) -> Bool {
        switch atom {
        case .character(let wanted): wanted == character
        case .any, .anything: true
        case .set(let ranges, let isNegated): ranges.contains { $0.contains(character) } != isNegated
        }
    }

    private static func plain(_ atoms: [Atom]) -> String? {
        var text = ""
        for atom in atoms {
            guard case .character(let character) = atom else { return nil }
            text.unicodeScalars.append(character)
        }
        return text
    }

    // MARK: Reading

    private static func fault(_ message: String) -> Diagnostic {
        Diagnostic("AS222", message, fix: "write `\\` before a bracket that stands for itself")
    }

    /// The texts that `{a,b}` makes of a pattern, without braces.
    private static func alternatives(_ text: [Unicode.Scalar]) throws(Diagnostic) -> [[Unicode.Scalar]] {
        guard let (open, commas, close) = try firstBraces(text) else { return [text] }
        var all: [[Unicode.Scalar]] = []
        var start = open + 1
        for end in commas + [close] {
            let joined = Array(text[..<open] + text[start..<end] + text[(close + 1)...])
            all += try alternatives(joined)
            guard all.count <= choiceLimit else { throw fault("the pattern has too many alternatives") }
            start = end + 1
        }
        return all
    }

    /// The first `{`, its commas and its `}`.
    private static func firstBraces(_ text: [Unicode.Scalar]) throws(Diagnostic) -> (Int, [Int], Int)? {
        var open: Int?
        var commas: [Int] = []
        var depth = 0
        var place = 0
        while place < text.count {
            switch text[place] {
            case "\\": place += 1
            case "[": place = setEnd(text, from: place) ?? place
            case "{":
                if depth == 0 { open = place }
                depth += 1
            case "," where depth == 1: commas.append(place)
            case "}" where depth > 0:
                depth -= 1
                if depth == 0, let open { return (open, commas, place) }
            default: break
            }
            place += 1
        }
        if open != nil { throw fault("a `{` is never closed") }
        return nil
    }

    /// The place of the `]` that closes the set beginning at `start`; a `]` right behind the `[` belongs to the set.
    private static func setEnd(_ text: [Unicode.Scalar], from start: Int) -> Int? {
        var place = start + 1
        if place < text.count, text[place] == "!" || text[place] == "^" { place += 1 }
        if place < text.count, text[place] == "]" { place += 1 }
        return text[min(place, text.count)...].firstIndex(of: "]")
    }

    private static func parts(_ text: [Unicode.Scalar]) throws(Diagnostic) -> [Part] {
        var parts: [Part] = []
        for name in text.split(separator: "/") where name != ["."] {
            parts.append(name == ["*", "*"] ? .folders : .name(try atoms(Array(name))))
        }
        return parts
    }

    private static func atoms(_ name: [Unicode.Scalar]) throws(Diagnostic) -> [Atom] {
        var atoms: [Atom] = []
        var place = 0
        while place < name.count {
            switch name[place] {
            case "*": if atoms.last != .anything { atoms.append(.anything) }
            case "?": atoms.append(.any)
            case "\\" where place + 1 < name.count:
                place += 1
                atoms.append(.character(name[place]))
            case "[":
                guard let end = setEnd(name, from: place) else { throw fault("a `[` is never closed") }
                atoms.append(set(Array(name[(place + 1)..<end])))
                place = end
            default: atoms.append(.character(name[place]))
            }
            place += 1
        }
        return atoms
    }

    private static func set(_ text: [Unicode.Scalar]) -> Atom {
        let isNegated = text.first == "!" || text.first == "^"
        var rest = isNegated ? text.dropFirst() : text[...]
        var ranges: [ClosedRange<Unicode.Scalar>] = []
        while let first = rest.popFirst() {
            if rest.first == "-", let last = rest.dropFirst().first {
                rest = rest.dropFirst(2)
                if first <= last { ranges.append(first...last) }
            } else {
                ranges.append(first...first)
            }
        }
        return .set(ranges, isNegated: isNegated)
    }
}

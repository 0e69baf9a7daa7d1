/// Where in a document a matching rule or generator applies: `$.items[*].id`, `$['a b'].*`.
///
/// Source: the path expressions of the Pact specification, version 3; XML has attributes as `@name` and text as `#text`.
public struct PactPath: Sendable, Hashable {
    enum Token: Sendable, Hashable {
        case root
        case name(String)
        case index(Int)
        /// `.*`: anything.
        case star
        /// `[*]`: any element of a list.
        case starIndex

        /// 2 for the very part, 1 for one that a star takes, 0 otherwise.
        func weight(of part: String) -> Int {
            switch self {
            case .root: part == "$" ? 2 : 0
            case .name(let name): name == part ? 2 : 0
            case .index(let index): Int(part) == index ? 2 : 0
            case .star: 1
            case .starIndex: Int(part) != nil ? 1 : 0
            }
        }
    }

    var tokens: [Token]

    init(tokens: [Token]) { self.tokens = tokens }

    public static let root = PactPath(tokens: [.root])
    /// Applies to everything: what stands without a path.
    public static let whole = PactPath(tokens: [])

    /// A path of one name, whatever it is made of: a header, a parameter.
    public static func name(_ name: String) -> PactPath { PactPath(tokens: [.root, .name(name)]) }

    /// The place below this one.
    public func member(_ name: String) -> PactPath { PactPath(tokens: tokens + [.name(name)]) }
    public func element(_ index: Int) -> PactPath { PactPath(tokens: tokens + [.index(index)]) }
    /// Every element of the list here.
    public var elements: PactPath { PactPath(tokens: tokens + [.starIndex]) }

    /// The first name in it; what headers and parameters are known by.
    public var firstName: String? {
        for case .name(let name) in tokens { return name }
        return nil
    }

    /// `nil` when it is no path of members and elements only, as stars name many places.
    var steps: [Token]? {
        guard !tokens.contains(.star), !tokens.contains(.starIndex) else { return nil }
        return tokens.filter { $0 != .root }
    }
}

/// Why a path cannot be read.
struct PactPathError: Error, Equatable {
    var message: String
    /// Characters before the place.
    var offset: Int
}

extension PactPath {
    /// - Parameter text: `$.items[*].id`; what is no such path gives `nil`.
    public init?(_ text: String) {
        guard let path = try? PactPath(parsing: text) else { return nil }
        self = path
    }

    /// Reads a path as a pact writes it; one without `$` begins with a name.
    init(parsing text: String) throws(PactPathError) {
        var parser = PactPathParser(text)
        tokens = try parser.path()
    }
}

extension PactPath: CustomStringConvertible {
    public var description: String {
        var text = ""
        for token in tokens {
            switch token {
            case .root: text += "$"
            case .name(let name): text += Self.shown(name)
            case .index(let index): text += "[\(index)]"
            case .star: text += ".*"
            case .starIndex: text += "[*]"
            }
        }
        return text
    }

    static func shown(_ name: String) -> String {
        let isPlain =
            name.first.map { $0.isASCII && ($0.isLetter || $0 == "_") } ?? false
            && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
        if isPlain { return ".\(name)" }
        var quoted = ""
        for character in name {
            if character == "\\" || character == "'" { quoted.append("\\") }
            quoted.append(character)
        }
        return "['\(quoted)']"
    }
}

private struct PactPathParser {
    private let characters: [Character]
    private var place = 0

    init(_ text: String) { characters = Array(text) }

    private var next: Character? { place < characters.count ? characters[place] : nil }

    mutating func path() throws(PactPathError) -> [PactPath.Token] {
        guard let first = next else { return [] }
        var tokens: [PactPath.Token] = [.root]
        if first == "$" {
            place += 1
        } else if isNamePart(first) {
            tokens.append(.name(name()))
        } else {
            throw error("a path begins with '$', found '\(first)'")
        }
        while let character = next {
            place += 1
            switch character {
            case ".": tokens.append(try member())
            case "[": tokens.append(try bracket())
            default:
                place -= 1
                throw error("expected '.' or '[', found '\(character)'")
            }
        }
        return tokens
    }

    private mutating func member() throws(PactPathError) -> PactPath.Token {
        guard let character = next else { throw error("expected a name or '*' after '.', found the end") }
        if character == "*" {
            place += 1
            return .star
        }
        guard isNamePart(character) else {
            throw error("expected a name or '*' after '.', found '\(character)'")
        }
        return .name(name())
    }

    private mutating func name() -> String {
        var name = ""
        while let character = next, isNamePart(character) {
            name.append(character)
            place += 1
        }
        return name
    }

    private mutating func bracket() throws(PactPathError) -> PactPath.Token {
        let token: PactPath.Token
        switch next {
        case "'"?:
            place += 1
            token = .name(try quoted())
        case "*"?:
            place += 1
            token = .starIndex
        case let digit? where digit.isASCII && digit.isNumber:
            let begin = place
            while let digit = next, digit.isASCII, digit.isNumber { place += 1 }
            guard let index = Int(String(characters[begin..<place])) else {
                throw error("the index is too large")
            }
            token = .index(index)
        default: throw error("expected a number, '*' or a name in quotes after '[', found \(found)")
        }
        guard next == "]" else { throw error("expected ']', found \(found)") }
        place += 1
        return token
    }

    private mutating func quoted() throws(PactPathError) -> String {
        var name = ""
        while let character = next {
            place += 1
            if character == "'" {
                guard !name.isEmpty else { throw error("the name in quotes is empty") }
                return name
            }
            if character == "\\", let escaped = next, escaped == "'" || escaped == "\\" {
                name.append(escaped)
                place += 1
            } else {
                name.append(character)
            }
        }
        throw error("the name in quotes does not end")
    }

    private var found: String { next.map { "'\($0)'" } ?? "the end" }

    private func isNamePart(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || "_-:#@".contains(character)
    }

    private func error(_ message: String) -> PactPathError { PactPathError(message: message, offset: place) }
}

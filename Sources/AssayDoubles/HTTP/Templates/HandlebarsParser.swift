internal import AssayCore
internal import AssayFormats

/// Reads a template: Handlebars as handlebars.java has it (no stripping of lines that hold one tag only).
struct HandlebarsParser {
    let bytes: [UInt8]
    let helpers: HandlebarsHelpers
    let limits: HandlebarsLimits
    var at = 0
    private var depth = 0
    /// The tag before ended in `~}}`.
    private var trimsNext = false

    init(_ text: String, helpers: HandlebarsHelpers, limits: HandlebarsLimits) {
        bytes = Array(text.utf8)
        self.helpers = helpers
        self.limits = limits
    }

    /// What ended a run of nodes.
    private enum Ending {
        case end
        case close(String, at: Int)
        case otherwise(HandlebarsCall?, parameters: [String], at: Int)
    }

    mutating func template() throws(HandlebarsError) -> [HandlebarsNode] {
        let (nodes, ending) = try nodes()
        switch ending {
        case .end: return nodes
        case .close(let name, let place):
            throw error("{{/\(name)}} closes a block that is not open", at: place)
        case .otherwise(_, _, let place): throw error("{{else}} stands outside a block", at: place)
        }
    }

    private mutating func nodes() throws(HandlebarsError) -> ([HandlebarsNode], Ending) {
        var nodes: [HandlebarsNode] = []
        while true {
            let isEscaped = text(into: &nodes)
            guard at < bytes.count else { return (nodes, .end) }
            if isEscaped { continue }
            let place = at
            if starts(with: "{{{{") {
                nodes.append(try rawBlock())
                continue
            }
            let isTriple = starts(with: "{{{")
            at += isTriple ? 3 : 2
            if take("~") { trimEnd(of: &nodes) }
            if take("!") {
                try comment(at: place)
                continue
            }
            if isTriple {
                let (call, _) = try call(at: place)
                nodes.append(.value(call, isRaw: true))
                try close("}}}", opened: place)
                continue
            }
            if let ending = try tag(at: place, into: &nodes) { return (nodes, ending) }
        }
    }

    /// A tag after `{{` and `~`.
    private mutating func tag(
        at place: Int, into nodes: inout [HandlebarsNode]
    ) throws(HandlebarsError) -> Ending? {
        skipBlanks()
        switch peek {
        case UInt8(ascii: "#"), UInt8(ascii: "^"):
            let isInverted = peek == UInt8(ascii: "^")
            at += 1
            skipBlanks()
            if isInverted, closes() {
                try close("}}", opened: place)
                return .otherwise(nil, parameters: [], at: place)
            }
            nodes.append(.block(try block(isInverted: isInverted, at: place)))
            return nil
        case UInt8(ascii: "/"):
            at += 1
            skipBlanks()
            let name = try path().source
            skipBlanks()
            try close("}}", opened: place)
            return .close(name, at: place)
        case UInt8(ascii: ">"):
            throw error(
                "partials ({{> …}}) are not read: a mapping has no files to take them from", at: place)
        case UInt8(ascii: "&"):
            at += 1
            skipBlanks()
            nodes.append(.value(try call(at: place).0, isRaw: true))
            try close("}}", opened: place)
            return nil
        default:
            if takeWord("else") {
                skipBlanks()
                if closes() {
                    try close("}}", opened: place)
                    return .otherwise(nil, parameters: [], at: place)
                }
                let (call, parameters) = try call(at: place)
                try close("}}", opened: place)
                return .otherwise(call, parameters: parameters, at: place)
            }
            nodes.append(.value(try call(at: place).0, isRaw: false))
            try close("}}", opened: place)
            return nil
        }
    }

    private mutating func block(isInverted: Bool, at place: Int) throws(HandlebarsError) -> HandlebarsBlock {
        let nameStart = at
        if peek == UInt8(ascii: "*") || peek == UInt8(ascii: ">") {
            throw error("inline partials and decorators are not read", at: place)
        }
        let (call, parameters) = try call(at: place)
        let name = String(decoding: bytes[nameStart...].prefix { !isBreak($0) }, as: UTF8.self)
        try close("}}", opened: place)
        var block = try rest(of: call, parameters, name: name, at: place)
        if isInverted { (block.body, block.otherwise) = (block.otherwise, block.body) }
        return block
    }

    /// The bodies of a block, to the tag that closes `name`; an `{{else if …}}` is a block inside that shares it.
    private mutating func rest(
        of call: HandlebarsCall, _ parameters: [String], name: String, at place: Int
    ) throws(HandlebarsError) -> HandlebarsBlock {
        try enter(at: place)
        defer { depth -= 1 }
        let (body, ending) = try nodes()
        var block = HandlebarsBlock(call: call, body: body, otherwise: [], parameters: parameters)
        switch ending {
        case .otherwise(nil, _, _):
            let (otherwise, last) = try nodes()
            block.otherwise = otherwise
            try check(last, closes: name, at: place)
        case .otherwise(let next?, let parameters, let nextPlace):
            block.otherwise = [.block(try rest(of: next, parameters, name: name, at: nextPlace))]
        default: try check(ending, closes: name, at: place)
        }
        return block
    }

    private func check(_ ending: Ending, closes name: String, at place: Int) throws(HandlebarsError) {
        switch ending {
        case .close(name, _): return
        case .close(let other, let otherPlace):
            throw error(
                "expected {{/\(name)}} for the block of line \(line(of: place).line), found {{/\(other)}}",
                at: otherPlace)
        case .otherwise(_, _, let otherPlace):
            throw error("the block '\(name)' has a second {{else}}", at: otherPlace)
        case .end: throw error("the block '\(name)' is not closed", at: place, fix: "add {{/\(name)}}")
        }
    }

    // MARK: text, comments, raw blocks

    /// Text up to the next tag; `\{{` is none.
    ///
    /// - Returns: whether it ended with an escaped tag, which is text too.
    private mutating func text(into nodes: inout [HandlebarsNode]) -> Bool {
        var text: [UInt8] = []
        var isEscaped = false
        while at < bytes.count {
            if starts(with: "{{") {
                guard text.last == UInt8(ascii: "\\") else { break }
                text.removeLast()
                // Two backslashes are one, and the tag stays a tag.
                if text.last == UInt8(ascii: "\\") { break }
                let end = place(of: "}}", from: at).map { $0 + 2 } ?? bytes.count
                text.append(contentsOf: bytes[at..<end])
                at = end
                isEscaped = true
                break
            }
            text.append(bytes[at])
            at += 1
        }
        if trimsNext {
            text = Array(text.drop { isBlank($0) })
            trimsNext = text.isEmpty && at < bytes.count
        }
        if !text.isEmpty { nodes.append(.text(String(decoding: text, as: UTF8.self))) }
        return isEscaped
    }

    private func trimEnd(of nodes: inout [HandlebarsNode]) {
        guard case .text(let text)? = nodes.last else { return }
        let kept = text.utf8.reversed().drop { isBlank($0) }.reversed()
        nodes[nodes.count - 1] = .text(String(decoding: kept, as: UTF8.self))
    }

    private mutating func comment(at place: Int) throws(HandlebarsError) {
        let isLong = take("--")
        // A comment that begins with two dashes ends with them, unless nothing does.
        let long = isLong ? self.place(of: "--}}", from: at) ?? self.place(of: "--~}}", from: at) : nil
        guard let end = long ?? self.place(of: "}}", from: at) else {
            throw error("the comment is not closed", at: place, fix: "add }}")
        }
        at = long == nil ? end : end + 2
        trimsNext = take("~") || (long == nil && end > place && bytes[end - 1] == UInt8(ascii: "~"))
        _ = take("}}")
    }

    /// `{{{{raw}}}} … {{{{/raw}}}}`: nothing inside is a tag.
    private mutating func rawBlock() throws(HandlebarsError) -> HandlebarsNode {
        let place = at
        at += 4
        guard let nameEnd = self.place(of: "}}}}", from: at) else {
            throw error("expected }}}} after {{{{", at: place)
        }
        let inside = String(decoding: bytes[at..<nameEnd], as: UTF8.self)
        let name = inside.split(whereSeparator: \.isWhitespace).first.map(String.init) ?? ""
        at = nameEnd + 4
        guard let end = self.place(of: "{{{{/\(name)}}}}", from: at) else {
            throw error("the raw block '\(name)' is not closed", at: place, fix: "add {{{{/\(name)}}}}")
        }
        defer { at = end + name.utf8.count + 9 }
        return .text(String(decoding: bytes[at..<end], as: UTF8.self))
    }

    // MARK: places and errors

    var peek: UInt8? { at < bytes.count ? bytes[at] : nil }

    func starts(with text: StaticString) -> Bool { bytes[at...].starts(with: "\(text)".utf8) }

    mutating func take(_ text: String) -> Bool {
        guard bytes[at...].starts(with: text.utf8) else { return false }
        at += text.utf8.count
        return true
    }

    mutating func takeWord(_ word: String) -> Bool {
        guard bytes[at...].starts(with: word.utf8) else { return false }
        let next = at + word.utf8.count
        guard next >= bytes.count || isBreak(bytes[next]) else { return false }
        at = next
        return true
    }

    mutating func skipBlanks() { while let next = peek, isBlank(next) { at += 1 } }

    func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

    /// Whether a word cannot go on with this.
    func isBreak(_ byte: UInt8) -> Bool {
        isBlank(byte) || byte == UInt8(ascii: "}") || byte == UInt8(ascii: "~") || byte == UInt8(ascii: ")")
    }

    private func closes() -> Bool { starts(with: "}}") || starts(with: "~}}") }

    private mutating func close(_ braces: String, opened place: Int) throws(HandlebarsError) {
        skipBlanks()
        trimsNext = take("~")
        guard take(braces) else {
            guard at < bytes.count else {
                throw error("the tag is not closed", at: place, fix: "add \(braces)")
            }
            throw error("expected \(braces), found \(shown)")
        }
    }

    private func place(of text: String, from start: Int) -> Int? {
        let wanted = Array(text.utf8)
        guard bytes.count >= wanted.count, start <= bytes.count - wanted.count else { return nil }
        for place in start...(bytes.count - wanted.count)
        where bytes[place] == wanted[0] && bytes[place..<place + wanted.count].elementsEqual(wanted) {
            return place
        }
        return nil
    }

    mutating func enter(at place: Int) throws(HandlebarsError) {
        guard depth < limits.depth else {
            throw error("more than \(limits.depth) blocks and parentheses inside each other", at: place)
        }
        depth += 1
    }

    mutating func leave() { depth -= 1 }

    /// What stands here, for messages.
    var shown: String {
        guard at < bytes.count else { return "the end of the template" }
        let rest = String(decoding: bytes[at...].prefix(24), as: UTF8.self)
        return "'\(rest.first.map(String.init) ?? "")'"
    }

    private func line(of place: Int) -> (line: Int, column: Int) {
        let before = bytes[..<min(place, bytes.count)]
        let start = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        let column = before[start...].reduce(1) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) }
        return (before.reduce(1) { $0 + ($1 == 0x0A ? 1 : 0) }, column)
    }

    func error(_ message: String, at place: Int? = nil, fix: String? = nil) -> HandlebarsError {
        let (line, column) = line(of: place ?? at)
        return HandlebarsError(line: line, column: column, message: message, fix: fix)
    }
}

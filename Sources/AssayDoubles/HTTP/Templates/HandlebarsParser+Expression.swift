internal import AssayCore
internal import AssayFormats

extension HandlebarsParser {
    /// A name, its arguments, its options and `as |…|`; to the tag's end.
    mutating func call(at place: Int) throws(HandlebarsError) -> (HandlebarsCall, parameters: [String]) {
        skipBlanks()
        let start = at
        let target = try expression()
        var call = HandlebarsCall(target: target, helper: nil, arguments: [], options: [])
        var parameters: [String] = []
        while true {
            skipBlanks()
            guard let next = peek, next != UInt8(ascii: "}"), next != UInt8(ascii: "~"),
                next != UInt8(ascii: ")")
            else { break }
            if takeWord("as") {
                parameters = try blockParameters()
                continue
            }
            if let name = optionName() {
                skipBlanks()
                call.options.append((name, try expression()))
            } else if call.options.isEmpty {
                call.arguments.append(try expression())
            } else {
                throw error("expected name=value after the first option, found \(shown)")
            }
        }
        if case .path(let path) = target, !path.isData, !path.isLocal, path.up == 0 {
            call.helper = helpers[path.source]
            let takesArguments = !call.arguments.isEmpty || !call.options.isEmpty
            if call.helper == nil, takesArguments { throw unknownHelper(path.source, at: start) }
        } else if !call.arguments.isEmpty || !call.options.isEmpty {
            throw error("only helpers take arguments, and this is none", at: start)
        }
        return (call, parameters)
    }

    private func unknownHelper(_ name: String, at place: Int) -> HandlebarsError {
        let near = nearestName(to: name, among: helpers.names)
        return error(
            "there is no helper '\(name)'", at: place, fix: near.map { "did you mean '\($0)'?" })
    }

    /// `name=`, when one stands here.
    private mutating func optionName() -> String? {
        var end = at
        while end < bytes.count, isNameByte(bytes[end]) { end += 1 }
        guard end > at, end < bytes.count, bytes[end] == UInt8(ascii: "=") else { return nil }
        defer { at = end + 1 }
        return String(decoding: bytes[at..<end], as: UTF8.self)
    }

    /// `|item index|`
    private mutating func blockParameters() throws(HandlebarsError) -> [String] {
        skipBlanks()
        guard take("|") else { throw error("expected |names| after 'as', found \(shown)") }
        var names: [String] = []
        while true {
            skipBlanks()
            if take("|") { return names }
            let start = at
            while let next = peek, isNameByte(next) { at += 1 }
            guard at > start else { throw error("expected a name or |, found \(shown)") }
            names.append(String(decoding: bytes[start..<at], as: UTF8.self))
        }
    }

    private mutating func expression() throws(HandlebarsError) -> HandlebarsExpression {
        switch peek {
        case UInt8(ascii: "("):
            let place = at
            at += 1
            try enter(at: place)
            defer { leave() }
            let (call, _) = try call(at: place)
            skipBlanks()
            guard take(")") else { throw error("expected ) for the ( before, found \(shown)") }
            return .call(call)
        case UInt8(ascii: "'"), UInt8(ascii: "\""): return .literal(.string(try string()))
        case .some(let first) where first == UInt8(ascii: "-") || (0x30...0x39).contains(first):
            if let number = number() { return .literal(number) }
        default: break
        }
        if takeWord("true") { return .literal(true) }
        if takeWord("false") { return .literal(false) }
        return .path(try path())
    }

    private mutating func string() throws(HandlebarsError) -> String {
        let place = at
        let quote = bytes[at]
        at += 1
        var text: [UInt8] = []
        while let next = peek {
            at += 1
            if next == quote { return String(decoding: text, as: UTF8.self) }
            if next == UInt8(ascii: "\\"), peek == quote {
                text.append(quote)
                at += 1
            } else {
                text.append(next)
            }
        }
        throw error("the text in quotes is not closed", at: place)
    }

    /// A number that a word ends after; otherwise nothing is taken.
    private mutating func number() -> JSON? {
        let start = at
        var end = at
        while end < bytes.count, !isBreak(bytes[end]) { end += 1 }
        let text = String(decoding: bytes[start..<end], as: UTF8.self)
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == 0x2D || $0 == 0x2E || $0 == 0x65 })
        else { return nil }
        let value: JSON
        if let whole = Int64(text) {
            value = .int(whole)
        } else if let double = Double(text) {
            value = .double(double)
        } else {
            return nil
        }
        at = end
        return value
    }

    /// Segments with `.` or `/` between them; `[…]` takes anything.
    mutating func path() throws(HandlebarsError) -> HandlebarsPath {
        var path = HandlebarsPath()
        let start = at
        if take("@") { path.isData = true }
        while starts(with: "..") {
            at += 2
            path.up += 1
            if !take("/") && !take(".") {
                path.isLocal = true
                path.source = String(decoding: bytes[start..<at], as: UTF8.self)
                return path
            }
        }
        if path.up > 0 { path.isLocal = !path.isData }
        if takeWord("this") || takeWord(".") {
            path.isLocal = true
            path.source = String(decoding: bytes[start..<at], as: UTF8.self)
            return path
        }
        if take("this.") || take("this/") || take("./") { path.isLocal = true }
        repeat {
            path.segments.append(try segment())
        } while take(".") || take("/")
        path.source = String(decoding: bytes[start..<at], as: UTF8.self)
        return path
    }

    private mutating func segment() throws(HandlebarsError) -> String {
        let place = at
        if take("[") {
            let start = at
            while let next = peek, next != UInt8(ascii: "]") { at += 1 }
            defer { at += 1 }
            guard at < bytes.count else { throw error("expected ] for the [ before", at: place) }
            return String(decoding: bytes[start..<at], as: UTF8.self)
        }
        while let next = peek, isNameByte(next) { at += 1 }
        guard at > place else { throw error("expected a name, a value or a helper, found \(shown)") }
        return String(decoding: bytes[place..<at], as: UTF8.self)
    }

    private func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "$"),
            UInt8(ascii: ":"), UInt8(ascii: "?"), 0x80...0xFF:
            true
        default: false
        }
    }
}

/// References to characters by name or number. Source: WHATWG HTML §13.2.5.72 and what follows, §13.5.
enum HTMLReferences {
    /// The text with its references replaced by what they stand for; what is no reference stays.
    ///
    /// - Parameter inAttribute: a name without a semicolon before a letter, a digit or `=` is none, so that addresses
    ///   like `?a=1&copy=2` stay whole.
    static func resolve(_ text: String, inAttribute: Bool) -> String {
        var resolved = String.UnicodeScalarView()
        var rest = text.unicodeScalars[...]
        while let ampersand = rest.firstIndex(of: "&") {
            resolved += rest[..<ampersand]
            rest = rest[rest.index(after: ampersand)...]
            if let found = reference(rest, inAttribute) {
                resolved += found.text.unicodeScalars
                rest = rest[found.end...]
            } else {
                resolved.append("&")
            }
        }
        resolved += rest
        return String(resolved)
    }

    private typealias Found = (text: String, end: String.UnicodeScalarView.Index)

    private static func reference(_ rest: Substring.UnicodeScalarView, _ inAttribute: Bool) -> Found? {
        if rest.first == "#" { return numbered(rest.dropFirst()) }
        // No name is longer, so what looks like one is not read again and again.
        let name = rest.prefix(nameLimit).prefix(while: isNameSign)
        guard !name.isEmpty else { return nil }
        if rest[name.endIndex...].first == ";", let text = named[String(name)] {
            return (text, rest.index(after: name.endIndex))
        }
        // Of the old names the longest that fits counts, also without its semicolon.
        var shorter = name.prefix(oldLimit)
        while !shorter.isEmpty {
            if old.contains(String(shorter)), let text = named[String(shorter)] {
                let next = rest[shorter.endIndex...].first
                if inAttribute, let next, next == "=" || isNameSign(next) { return nil }
                return (text, shorter.endIndex)
            }
            shorter = shorter.dropLast()
        }
        return nil
    }

    private static let nameLimit = 32
    private static let oldLimit = 6

    private static func isNameSign(_ scalar: Unicode.Scalar) -> Bool {
        ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar)
    }

    private static func numbered(_ rest: Substring.UnicodeScalarView) -> Found? {
        let isHexadecimal = rest.first == "x" || rest.first == "X"
        let tail = isHexadecimal ? rest.dropFirst() : rest
        let digits = tail.prefix {
            Character($0).isHexDigit && $0.isASCII && (isHexadecimal || Character($0).isNumber)
        }
        guard !digits.isEmpty else { return nil }
        let number = UInt32(String(digits), radix: isHexadecimal ? 16 : 10) ?? UInt32.max
        var end = digits.endIndex
        if tail[end...].first == ";" { end = tail.index(after: end) }
        let scalar =
            number == 0 ? nil : windows[number].flatMap(Unicode.Scalar.init) ?? Unicode.Scalar(number)
        return (String(Character(scalar ?? "\u{FFFD}")), end)
    }

    /// What the numbers of Windows-1252's own characters mean.
    private static let windows: [UInt32: UInt32] = Dictionary(
        uniqueKeysWithValues: [
            (128, 0x20AC), (130, 0x201A), (131, 0x192), (132, 0x201E), (133, 0x2026), (134, 0x2020),
            (135, 0x2021),
            (136, 0x2C6), (137, 0x2030), (138, 0x160), (139, 0x2039), (140, 0x152), (142, 0x17D),
            (145, 0x2018),
            (146, 0x2019), (147, 0x201C), (148, 0x201D), (149, 0x2022), (150, 0x2013), (151, 0x2014),
            (152, 0x2DC),
            (153, 0x2122), (154, 0x161), (155, 0x203A), (156, 0x153), (158, 0x17E), (159, 0x178),
        ])

    /// Which need no semicolon.
    private static let old = Set(
        """
        AElig AMP Aacute Acirc Agrave Aring Atilde Auml COPY Ccedil ETH Eacute Ecirc Egrave Euml GT Iacute \
        Icirc Igrave Iuml LT Ntilde Oacute Ocirc Ograve Oslash Otilde Ouml QUOT REG THORN Uacute Ucirc \
        Ugrave Uuml Yacute aacute acirc acute aelig agrave amp aring atilde auml brvbar ccedil cedil cent \
        copy curren deg divide eacute ecirc egrave eth euml frac12 frac14 frac34 gt iacute icirc iexcl \
        igrave iquest iuml laquo lt macr micro middot nbsp not ntilde oacute ocirc ograve ordf ordm oslash \
        otilde ouml para plusmn pound quot raquo reg sect shy sup1 sup2 sup3 szlig thorn times uacute \
        ucirc ugrave uml uuml yacute yen yuml
        """.split(separator: " ").map(String.init))

    private static let named: [String: String] = {
        var named: [String: String] = [:]
        for table in [HTMLReferenceNames.capital, HTMLReferenceNames.small] {
            for entry in table.split(separator: ",") {
                guard let space = entry.firstIndex(of: " ") else { continue }
                var text = String.UnicodeScalarView()
                for number in entry[entry.index(after: space)...].split(separator: "+") {
                    if let scalar = UInt32(number, radix: 16).flatMap(Unicode.Scalar.init) {
                        text.append(scalar)
                    }
                }
                named[String(entry[..<space])] = String(text)
            }
        }
        return named
    }()
}

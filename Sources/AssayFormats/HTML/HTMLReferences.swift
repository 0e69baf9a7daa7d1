/// References to characters by name or number. Source: WHATWG HTML §13.5; the names are those of HTML 4 and the ASCII
/// ones of HTML 5.
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
                resolved.append(found.scalar)
                rest = rest[found.end...]
            } else {
                resolved.append("&")
            }
        }
        resolved += rest
        return String(resolved)
    }

    private typealias Found = (scalar: Unicode.Scalar, end: String.UnicodeScalarView.Index)

    private static func reference(_ rest: Substring.UnicodeScalarView, _ inAttribute: Bool) -> Found? {
        if rest.first == "#" { return numbered(rest.dropFirst()) }
        // No name is longer, so what looks like one is not read again and again.
        let name = rest.prefix(nameLimit).prefix(while: isNameSign)
        guard !name.isEmpty else { return nil }
        if rest[name.endIndex...].first == ";", let scalar = named[String(name)] {
            return (scalar, rest.index(after: name.endIndex))
        }
        // Of the old names the longest that fits counts, also without its semicolon.
        var shorter = name.prefix(oldLimit)
        while !shorter.isEmpty {
            if old.contains(String(shorter)), let scalar = named[String(shorter)] {
                let next = rest[shorter.endIndex...].first
                if inAttribute, let next, next == "=" || isNameSign(next) { return nil }
                return (scalar, shorter.endIndex)
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
        return (scalar ?? "\u{FFFD}", end)
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

    private static let named: [String: Unicode.Scalar] = {
        var named: [String: Unicode.Scalar] = [:]
        for entry in table.split(separator: ",") {
            let parts = entry.split(separator: " ")
            if parts.count == 2, let number = UInt32(parts[1]) {
                named[String(parts[0])] = Unicode.Scalar(number)
            }
        }
        return named
    }()

    private static let table = """
        Tab 9, NewLine 10, excl 33, QUOT 34, quot 34, num 35, dollar 36, percnt 37, AMP 38, amp 38, apos 39,\
        lpar 40, rpar 41, ast 42, plus 43, comma 44, period 46, sol 47, colon 58, semi 59, LT 60, lt 60,\
        equals 61, GT 62, gt 62, quest 63, commat 64, lsqb 91, bsol 92, rsqb 93, lowbar 95, grave 96, lcub 123,\
        verbar 124, rcub 125, nbsp 160, iexcl 161, cent 162, pound 163, curren 164, yen 165, brvbar 166,\
        sect 167, uml 168, COPY 169, copy 169, ordf 170, laquo 171, not 172, shy 173, REG 174, reg 174, macr 175,\
        deg 176, plusmn 177, sup2 178, sup3 179, acute 180, micro 181, para 182, middot 183, cedil 184, sup1 185,\
        ordm 186, raquo 187, frac14 188, frac12 189, frac34 190, iquest 191, Agrave 192, Aacute 193, Acirc 194,\
        Atilde 195, Auml 196, Aring 197, AElig 198, Ccedil 199, Egrave 200, Eacute 201, Ecirc 202, Euml 203,\
        Igrave 204, Iacute 205, Icirc 206, Iuml 207, ETH 208, Ntilde 209, Ograve 210, Oacute 211, Ocirc 212,\
        Otilde 213, Ouml 214, times 215, Oslash 216, Ugrave 217, Uacute 218, Ucirc 219, Uuml 220, Yacute 221,\
        THORN 222, szlig 223, agrave 224, aacute 225, acirc 226, atilde 227, auml 228, aring 229, aelig 230,\
        ccedil 231, egrave 232, eacute 233, ecirc 234, euml 235, igrave 236, iacute 237, icirc 238, iuml 239,\
        eth 240, ntilde 241, ograve 242, oacute 243, ocirc 244, otilde 245, ouml 246, divide 247, oslash 248,\
        ugrave 249, uacute 250, ucirc 251, uuml 252, yacute 253, thorn 254, yuml 255, OElig 338, oelig 339,\
        Scaron 352, scaron 353, Yuml 376, fnof 402, circ 710, tilde 732, Alpha 913, Beta 914, Gamma 915,\
        Delta 916, Epsilon 917, Zeta 918, Eta 919, Theta 920, Iota 921, Kappa 922, Lambda 923, Mu 924, Nu 925,\
        Xi 926, Omicron 927, Pi 928, Rho 929, Sigma 931, Tau 932, Upsilon 933, Phi 934, Chi 935, Psi 936,\
        Omega 937, alpha 945, beta 946, gamma 947, delta 948, epsilon 949, zeta 950, eta 951, theta 952,\
        iota 953, kappa 954, lambda 955, mu 956, nu 957, xi 958, omicron 959, pi 960, rho 961, sigmaf 962,\
        sigma 963, tau 964, upsilon 965, phi 966, chi 967, psi 968, omega 969, thetasym 977, upsih 978, piv 982,\
        ensp 8194, emsp 8195, thinsp 8201, zwnj 8204, zwj 8205, lrm 8206, rlm 8207, ndash 8211, mdash 8212,\
        lsquo 8216, rsquo 8217, sbquo 8218, ldquo 8220, rdquo 8221, bdquo 8222, dagger 8224, Dagger 8225,\
        bull 8226, hellip 8230, permil 8240, prime 8242, Prime 8243, lsaquo 8249, rsaquo 8250, oline 8254,\
        frasl 8260, euro 8364, image 8465, weierp 8472, real 8476, trade 8482, alefsym 8501, larr 8592,\
        uarr 8593, rarr 8594, darr 8595, harr 8596, crarr 8629, lArr 8656, uArr 8657, rArr 8658, dArr 8659,\
        hArr 8660, forall 8704, part 8706, exist 8707, empty 8709, nabla 8711, isin 8712, notin 8713, ni 8715,\
        prod 8719, sum 8721, minus 8722, lowast 8727, radic 8730, prop 8733, infin 8734, ang 8736, and 8743,\
        or 8744, cap 8745, cup 8746, int 8747, there4 8756, sim 8764, cong 8773, asymp 8776, ne 8800, equiv 8801,\
        le 8804, ge 8805, sub 8834, sup 8835, nsub 8836, sube 8838, supe 8839, oplus 8853, otimes 8855,\
        perp 8869, sdot 8901, lceil 8968, rceil 8969, lfloor 8970, rfloor 8971, lang 10216, rang 10217, loz 9674,\
        starf 9733, star 9734, phone 9742, spades 9824, clubs 9827, hearts 9829, diams 9830, check 10003
        """
}

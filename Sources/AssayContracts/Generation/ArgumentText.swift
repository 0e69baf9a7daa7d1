import AssayFormats

/// Arguments as texts in the styles of parameters.
///
/// Sources: OpenAPI 3.1 §4.8.12 "Style Examples", RFC 6570 §3.2.
struct ArgumentText {
    let argument: RequestDraft.Argument

    init(_ argument: RequestDraft.Argument) { self.argument = argument }

    private var name: String { argument.name }

    /// A segment of a path, percent-encoded.
    var segment: String {
        if argument.isJSON { return Self.encoded(argument.value.rendered()) }
        let label = argument.style == .label ? "." : ""
        switch argument.value {
        case .array(let items):
            let texts = items.map { Self.encoded(Self.plain($0)) }
            if argument.style == .matrix {
                return argument.isExploded
                    ? texts.map { ";\(name)=\($0)" }.joined() : ";\(name)=" + texts.joined(separator: ",")
            }
            return label
                + texts.joined(separator: argument.style == .label && argument.isExploded ? "." : ",")
        case .object(let members):
            let pairs = members.map { (Self.encoded($0), Self.encoded(Self.plain($1))) }
            if argument.isExploded {
                let texts = pairs.map { "\($0)=\($1)" }
                switch argument.style {
                case .matrix: return texts.map { ";" + $0 }.joined()
                case .label: return "." + texts.joined(separator: ".")
                default: return texts.joined(separator: ",")
                }
            }
            let texts = pairs.flatMap { [$0, $1] }.joined(separator: ",")
            return (argument.style == .matrix ? ";\(name)=" : label) + texts
        default:
            let text = Self.encoded(Self.plain(argument.value))
            return (argument.style == .matrix ? ";\(name)=" : label) + text
        }
    }

    /// `name=value` of a query or cookie, percent-encoded.
    var pairs: [String] {
        let key = Self.encoded(name)
        if argument.isJSON { return ["\(key)=\(Self.encoded(argument.value.rendered()))"] }
        switch argument.value {
        case .array(let items):
            let texts = items.map { Self.encoded(Self.plain($0)) }
            if argument.isExploded, argument.style == .form || argument.style == .deepObject {
                return texts.map { "\(key)=\($0)" }
            }
            return ["\(key)=\(texts.joined(separator: separator))"]
        case .object(let members):
            let pairs = members.map { (Self.encoded($0), Self.encoded(Self.plain($1))) }
            if argument.style == .deepObject { return pairs.map { "\(key)%5B\($0)%5D=\($1)" } }
            if argument.isExploded { return pairs.map { "\($0)=\($1)" } }
            return ["\(key)=" + pairs.flatMap { [$0, $1] }.joined(separator: separator)]
        default: return ["\(key)=\(Self.encoded(Self.plain(argument.value)))"]
        }
    }

    private var separator: String {
        switch argument.style {
        case .spaceDelimited: "%20"
        case .pipeDelimited: "%7C"
        default: ","
        }
    }

    /// The value of a header.
    var header: String {
        if argument.isJSON { return argument.value.rendered() }
        switch argument.value {
        case .array(let items): return items.map(Self.plain).joined(separator: ",")
        case .object(let members):
            return members.map { $0 + (argument.isExploded ? "=" : ",") + Self.plain($1) }.joined(
                separator: ",")
        default: return Self.plain(argument.value)
        }
    }

    /// A value without the quotes of JSON.
    static func plain(_ value: JSON) -> String { value.stringValue ?? value.rendered() }

    /// Everything but RFC 3986's unreserved characters is percent-encoded.
    static func encoded(_ text: String) -> String {
        var encoded = ""
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E:
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                encoded += byte < 16 ? "%0" : "%"
                encoded += String(byte, radix: 16, uppercase: true)
            }
        }
        return encoded
    }
}

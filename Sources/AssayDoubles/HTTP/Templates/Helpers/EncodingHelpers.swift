internal import AssayFormats
internal import AssayWire

extension HandlebarsHelpers {
    static let encodingHelpers: [HandlebarsHelper] = [
        HandlebarsHelper("base64") { arguments, rendering throws(HandlebarsFailure) in
            let text = try rendering.subject(arguments).text
            if arguments["decode"].isTrue {
                guard let bytes = Base64.decode(text.filter { !$0.isWhitespace }) else {
                    return helperError("'\(text)' is not Base64")
                }
                return .text(String(decoding: bytes, as: UTF8.self))
            }
            let encoded = Base64.standard.encode(Array(text.utf8))
            return .text(
                arguments.options["padding"]?.isTrue == false ? encoded.filter { $0 != "=" } : encoded)
        },
        HandlebarsHelper("urlEncode") { arguments, rendering throws(HandlebarsFailure) in
            let text = try rendering.subject(arguments).text
            return .text(
                arguments["decode"].isTrue
                    ? percentDecoded(text, plusIsSpace: true) : percentEncoded(text, for: .form))
        },
        HandlebarsHelper("formData") { arguments, rendering in
            let decodes = arguments["urlDecode"].isTrue
            var fields: [(name: String, values: [String])] = []
            for pair in arguments[0].text.split(separator: "&") {
                let name = pair.prefix { $0 != "=" }
                let value = pair.dropFirst(name.count + 1)
                let key = decodes ? percentDecoded(name, plusIsSpace: true) : String(name)
                let text = decodes ? percentDecoded(value, plusIsSpace: true) : String(value)
                if let place = fields.firstIndex(where: { $0.name == key }) {
                    fields[place].values.append(text)
                } else {
                    fields.append((key, [text]))
                }
            }
            let form = HandlebarsValue.object(RequestFields(fields))
            if arguments.count < 2 { return form }
            rendering.assign(arguments[1].text, form)
            return .missing
        },
    ]
}

/// The global `console`.
enum Console {
    static let global = NativeExport.lazy("console") { runtime throws(ScriptThrow) in
        try runtime.makeObject([
            line("debug", .debug), line("error", .error), line("info", .info), line("log", .info),
            line("warn", .warning),
        ])
    }

    private static func line(_ name: String, _ level: ScriptLogLevel) -> NativeExport {
        .function(name) { (runtime, _, arguments) throws(ScriptThrow) in
            var texts: [String] = []
            var bytes = 0
            for index in 0..<arguments.count {
                let text = try text(arguments[index], runtime)
                bytes += 2 * text.utf8.count
                try runtime.need(bytes: bytes)
                texts.append(text)
            }
            runtime.host?.log(level, texts.joined(separator: " "), source: "console")
            return .undefined
        }
    }

    /// A value as k6 1.1 logs it: objects as JSON, everything else as its text; errors by their text, as later versions do.
    static func text(_ value: ScriptValue, _ runtime: ScriptRuntime) throws(ScriptThrow) -> String {
        if value.isSymbol {
            return try runtime.with(value, "description") { description throws(ScriptThrow) in
                try runtime.optionalText(description) ?? ""
            }
        }
        guard value.isObject, !runtime.isError(value) else { return try runtime.text(value) }
        if runtime.isFunction(value) { return "null" }
        let json: [UInt8]?
        do throws(ScriptThrow) {
            json = try runtime.jsonText(value)
        } catch {
            // What cannot be told, like a circle, is named instead.
            guard runtime.exception(of: error) != nil else { throw .interrupted }
            return try runtime.text(value)
        }
        return json.map { escaped(String(decoding: $0, as: UTF8.self)) } ?? "null"
    }

    /// k6 writes JSON that may stand in HTML.
    private static func escaped(_ json: String) -> String {
        guard json.utf8.contains(where: { $0 == 60 || $0 == 62 || $0 == 38 || $0 == 0xE2 }) else {
            return json
        }
        var text = ""
        for scalar in json.unicodeScalars {
            switch scalar {
            case "<": text += "\\u003c"
            case ">": text += "\\u003e"
            case "&": text += "\\u0026"
            case "\u{2028}": text += "\\u2028"
            case "\u{2029}": text += "\\u2029"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}

internal import AssayCore
internal import AssayNet

/// A body that a script gives as an object: a form, or several parts when there is a file among them.
struct HTTPForm {
    var bytes: [UInt8]
    var contentType: String

    static func read(
        _ object: ScriptValue, _ runtime: ScriptRuntime, _ host: any ScriptHost
    ) throws(ScriptThrow) -> HTTPForm {
        var fields: [(name: String, value: String)] = []
        var parts: [MultipartForm.Part] = []
        var hasFile = false
        // One long text may stand in many places of the object.
        var bytes = 0
        func count(_ more: Int) throws(ScriptThrow) {
            bytes += 64 + 2 * more
            try runtime.need(bytes: bytes)
        }
        try runtime.forEachProperty(of: object) { name, value throws(ScriptThrow) in
            if runtime.held(value, as: HTTPFile.self) != nil {
                hasFile = true
                let part = try HTTPFile.part(name, value, runtime)
                try count(part.bytes.count)
                parts.append(part)
                return
            }
            if runtime.isArray(value) {
                try runtime.forEachElement(of: value) { element throws(ScriptThrow) in
                    let text = try text(element, runtime, host)
                    try count(text.utf8.count)
                    fields.append((name, text))
                }
            } else {
                let text = try text(value, runtime, host)
                try count(text.utf8.count)
                fields.append((name, text))
            }
            // In parts a list has no form: it goes empty, and whether it is one of parts the end tells.
            let isList = runtime.isArray(value)
            parts.append(.init(name: name, bytes: isList ? [] : Array((fields.last?.value ?? "").utf8)))
        }
        guard hasFile else {
            return HTTPForm(bytes: formEncoded(fields), contentType: "application/x-www-form-urlencoded")
        }
        let form = MultipartForm(boundary: HTTPState.of(runtime).boundary(host))
        return HTTPForm(bytes: form.bytes(of: parts), contentType: form.contentType)
    }

    /// One value of a form.
    private static func text(
        _ value: ScriptValue, _ runtime: ScriptRuntime, _ host: any ScriptHost
    ) throws(ScriptThrow) -> String {
        if let text = runtime.string(value) { return text }
        if value.isNullish { return "" }
        if let number = runtime.number(value) { return formNumber(number) }
        guard value.isObject, !runtime.isFunction(value), !runtime.isDate(value) else {
            return try runtime.text(value)
        }
        host.log(
            .warning,
            "cannot urlencode a nested \(goTypeName(value, runtime)) value in a request form body; encoding it as an "
                + "empty value, use JSON.stringify() to send structured data")
        return ""
    }
}

/// `multipart/form-data` as k6 writes it (RFC 7578, with Go's quoting of names).
struct MultipartForm {
    struct Part {
        var name: String
        /// `nil` for a plain field.
        var file: String?
        var type: String?
        var bytes: [UInt8]

        init(name: String, file: String? = nil, type: String? = nil, bytes: [UInt8]) {
            self.name = name
            self.file = file
            self.type = type
            self.bytes = bytes
        }
    }

    let boundary: String

    var contentType: String { "multipart/form-data; boundary=\(boundary)" }

    func bytes(of parts: [Part]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(parts.reduce(128) { $0 + $1.bytes.count + 256 })
        for part in parts {
            if !bytes.isEmpty { bytes += "\r\n".utf8 }
            bytes += "--\(boundary)\r\n".utf8
            bytes += "Content-Disposition: form-data; name=\"\(Self.escaped(part.name))\"".utf8
            if let file = part.file { bytes += "; filename=\"\(Self.escaped(file))\"".utf8 }
            bytes += "\r\n".utf8
            if let type = part.type { bytes += "Content-Type: \(Self.escaped(type, quotes: false))\r\n".utf8 }
            bytes += "\r\n".utf8
            bytes += part.bytes
        }
        bytes += "\r\n--\(boundary)--\r\n".utf8
        return bytes
    }

    /// Quotes and backslashes behind a backslash; line ends as browsers write them, for they would end the header.
    private static func escaped(_ text: String, quotes: Bool = true) -> String {
        var shown = text
        if quotes { shown = shown.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") }
        return shown.replacing("\r", with: "%0D").replacing("\n", with: "%0A")
    }
}

extension HTTPState {
    /// A boundary that no content holds, as far as chance allows: 240 bits, drawn from the virtual user's own sequence.
    func boundary(_ host: any ScriptHost) -> String {
        if random == nil {
            random = SeededRandom(seed: 0x6B36).split(UInt64(bitPattern: Int64(host.execution.userInTest)))
        }
        var text = ""
        for _ in 0..<4 {
            let digits = String(random?.next() ?? 0, radix: 16)
            text += String(repeating: "0", count: 16 - digits.utf8.count) + digits
        }
        return String(text.prefix(60))
    }
}

/// What `http.file(data, name, type)` makes: what it is told stands in its properties.
final class HTTPFile {
    private static let type = NativeClass("FileData", members: [])

    static func make(_ runtime: ScriptRuntime, _ arguments: ScriptArguments) throws(ScriptThrow)
        -> ScriptValue
    {
        let data = arguments[0]
        guard data.isString || runtime.isBuffer(data) else {
            throw .error("invalid type \(goTypeName(data, runtime)), expected string or ArrayBuffer")
        }
        let name =
            arguments.count > 1 ? try runtime.text(arguments[1]) : String(WallClock.milliseconds) + "000000"
        let type = arguments.count > 2 ? try runtime.text(arguments[2]) : "application/octet-stream"
        let made = try runtime.makeObject(of: Self.type, holding: HTTPFile())
        runtime.set(made, "data", runtime.duplicate(data))
        runtime.set(made, "filename", runtime.make(name))
        runtime.set(made, "content_type", runtime.make(type))
        return made
    }

    /// The part that a file is of a body.
    static func part(
        _ name: String, _ file: ScriptValue, _ runtime: ScriptRuntime
    ) throws(ScriptThrow) -> MultipartForm.Part {
        MultipartForm.Part(
            name: name, file: try runtime.string(of: file, "filename") ?? "",
            type: try runtime.string(of: file, "content_type"),
            bytes: try runtime.with(file, "data") { data throws(ScriptThrow) in runtime.bytes(data) ?? [] })
    }
}

/// Reads the parameters that `ws.connect` and `new WebSocket` take.
enum SocketParameters {
    /// - Parameters:
    ///   - isStrict: unknown parameters are refused, and an empty compression too.
    ///   - tagsOf: what errors call the owner of wrong tags.
    static func read(
        _ value: ScriptValue, into request: ScriptSocketRequest, isStrict: Bool, tagsOf owner: String,
        _ runtime: ScriptRuntime
    ) throws(ScriptThrow) {
        guard value.isObject else { return }
        try runtime.forEachProperty(of: value) { key, value throws(ScriptThrow) in
            switch key {
            case "headers": try readHeaders(value, into: request, runtime)
            case "tags":
                try readTags(value, into: request, owner, runtime)
            case "jar": request.jar = runtime.held(value, as: AnyObject.self)
            case "compression":
                let name = trimmed(try runtime.text(value))
                if name.isEmpty, !isStrict { return }
                guard name == "deflate" else {
                    throw runtime.goError(
                        "unsupported compression algorithm '\(name)', supported algorithm is 'deflate'")
                }
                request.isPacked = true
            default: if isStrict { throw runtime.goError("unknown WebSocket's option \(key)") }
            }
        }
    }

    private static func readHeaders(
        _ value: ScriptValue, into request: ScriptSocketRequest, _ runtime: ScriptRuntime
    ) throws(ScriptThrow) {
        try runtime.forEachProperty(of: value) { name, value throws(ScriptThrow) in
            set(name, try runtime.text(value), in: &request.headers)
        }
    }

    /// Sets a field, in place of one of the same name.
    static func set(_ name: String, _ value: String, in headers: inout [(name: String, value: String)]) {
        let name = ScriptSocketRequest.canonical(name)
        headers.removeAll { $0.name == name }
        headers.append((name, value))
    }

    private static func readTags(
        _ value: ScriptValue, into request: ScriptSocketRequest, _ owner: String, _ runtime: ScriptRuntime
    ) throws(ScriptThrow) {
        try runtime.forEachProperty(of: value) { name, value throws(ScriptThrow) in
            guard let text = try runtime.tagText(value) else {
                throw runtime.goError("\(owner): \(ScriptRuntime.tagRefusal(name))")
            }
            request.tags.append(ScriptTag(name, text))
        }
    }

    private static func trimmed(_ text: String) -> String {
        let isBlank = { (character: Character) in character == " " || character == "\t" || character == "\n" }
        return String(String(text.drop(while: isBlank)).reversed().drop(while: isBlank).reversed())
    }
}

extension ScriptSocketRequest {
    /// The name of a header as k6 shows it: `Sec-Websocket-Accept`.
    public static func canonical(_ name: String) -> String {
        var begins = true
        let bytes = name.utf8.map { byte -> UInt8 in
            defer { begins = byte == UInt8(ascii: "-") }
            let isLetter = byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A
            return isLetter ? begins ? byte & 0xDF : byte | 0x20 : byte
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

internal import AssayFormats
internal import CScriptEngine

/// The JSON of an answer of which `res.json(selector)` was asked: read once, asked often, gone with the answer.
final class HTTPDocument {
    private var tape = JSONTape()
    private var text: ArraySlice<UInt8> = []
    private var isRead = false
    /// Counts the copies.
    private var holding: ScriptHolding?

    /// - Returns: `undefined` for what the selector does not find, and for a body that is no JSON.
    func select(
        _ selector: String, _ body: ArraySlice<UInt8>, _ runtime: ScriptRuntime
    ) throws(ScriptThrow) -> ScriptValue {
        guard try read(body, runtime) else { return .undefined }
        let path = Array(selector.utf8)
        if Self.isPlain(path) {
            guard let node = tape.node(atPlain: selector) else { return .undefined }
            return try value(node, runtime)
        }
        guard let found = GJSON.select(path[...], from: text) else { return .undefined }
        return try Self.value(found, runtime)
    }

    /// - Returns: `false` for a body that is no JSON.
    private func read(_ body: ArraySlice<UInt8>, _ runtime: ScriptRuntime) throws(ScriptThrow) -> Bool {
        if isRead { return tape.root != nil }
        try runtime.need(bytes: Self.mostBytes(of: body))
        if !parse(body) {
            // k6 takes bytes that are no UTF-8 as they come.
            parse(Array(String(decoding: body, as: UTF8.self).utf8)[...])
        }
        let bytes = text.count + tape.text.count + tape.entries.count * MemoryLayout<JSONTape.Entry>.stride
        do throws(ScriptThrow) {
            holding = try runtime.hold(bytes)
        } catch {
            (tape, text) = (JSONTape(), [])
            throw error
        }
        isRead = true
        return tape.root != nil
    }

    @discardableResult
    private func parse(_ json: ArraySlice<UInt8>) -> Bool {
        text = json
        return (try? tape.parse(json.span)) != nil
    }

    /// What reading may take: the text once more, and a tape that doubles until it has an entry for each value and name.
    private static func mostBytes(of text: ArraySlice<UInt8>) -> Int {
        let entries = text.reduce(1) { count, byte in
            switch byte {
            case Ascii.comma, Ascii.colon, Ascii.leftBracket, Ascii.leftBrace: count + 1
            default: count
            }
        }
        return text.count * 3 + max(entries * 3, text.count / 8) * MemoryLayout<JSONTape.Entry>.stride
    }

    /// Names and numbers between dots, and nothing that means more.
    private static func isPlain(_ path: [UInt8]) -> Bool {
        var wasDot = true
        for byte in path {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x2D, 0x24: wasDot = false
            case Ascii.dot:
                if wasDot { return false }
                wasDot = true
            default: return false
            }
        }
        return !wasDot
    }

    private func value(_ node: JSONTape.Node, _ runtime: ScriptRuntime) throws(ScriptThrow) -> ScriptValue {
        if let text = tape.string(node) { return runtime.make(text) }
        if let number = tape.double(node) { return .number(number) }
        if let bool = tape.bool(node) { return .bool(bool) }
        if tape.isNull(node) { return .null }
        let rest = text[(text.startIndex + tape.offset(of: node))...]
        return try runtime.parse(json: Array(rest[..<GJSONScan.end(of: rest)]))
    }

    private static func value(_ json: GJSON.Text, _ runtime: ScriptRuntime) throws(ScriptThrow) -> ScriptValue
    {
        switch GJSONScan.kind(json) {
        case nil, .null: return .null
        case .true: return .bool(true)
        case .false: return .bool(false)
        case .string: return runtime.makeText(GJSONScan.string(GJSONScan.firstValue(json) ?? json))
        case .number: return .number(GJSONScan.number(GJSONScan.firstValue(json) ?? json))
        case .array, .object: return try runtime.parse(json: Array(json))
        }
    }
}

extension JSONTape {
    /// The value at a path of names and indexes between dots.
    fileprivate func node(atPlain path: String) -> Node? {
        guard var node = root else { return nil }
        for part in path.split(separator: ".") {
            if typeName(node) == "array" {
                let elements = elements(node)
                guard let index = Int(part), elements.indices.contains(index) else { return nil }
                node = elements[index]
            } else {
                guard let member = member(String(part), of: node) else { return nil }
                node = member
            }
        }
        return node
    }
}

extension ScriptResponse {
    /// Without the head.
    var body: ArraySlice<UInt8> { bytes[headCount...] }
    var head: ArraySlice<UInt8> { bytes[..<headCount] }
}

extension ScriptRuntime {
    /// Takes away an exception that a call has left.
    func dropException() {
        // SAFETY: the engine gives the exception of its own context away.
        free(unsafe engine.table.pointee.exception(context))
    }

    /// A body as text or as a buffer.
    func make(bodyOf response: ScriptResponse, isBinary: Bool) -> ScriptValue {
        let bytes = response.bytes
        // SAFETY: bytes have no padding, and the array is alive for the call.
        let body = unsafe bytes.span.bytes.extracting(droppingFirst: response.headCount)
        return isBinary ? makeArrayBuffer(body) : makeText(body)
    }

    /// Reads a whole body as JSON.
    func parse(json body: ArraySlice<UInt8>) throws(ScriptThrow) -> ScriptValue {
        var terminated: [UInt8] = []
        terminated.reserveCapacity(body.count + 1)
        terminated += body
        terminated.append(0)
        return try checked(
            // SAFETY: a zero byte follows the text, as the engine asks.
            unsafe terminated.withUnsafeBytes {
                unsafe engine.table.pointee.parse_json(
                    context, $0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count - 1, "<json>")
            })
    }
}

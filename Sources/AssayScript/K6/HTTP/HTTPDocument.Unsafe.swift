internal import AssayFormats
internal import CScriptEngine

/// The JSON of an answer of which `res.json(selector)` was asked: read once, asked often, gone with the answer.
final class HTTPDocument {
    private var tape = JSONTape()
    private var text: ArraySlice<UInt8> = []
    private var isRead = false

    /// - Returns: `undefined` for what the selector does not find, and for a body that is no JSON.
    func select(
        _ selector: String, _ response: ScriptResponse, _ runtime: ScriptRuntime
    ) throws(ScriptThrow) -> ScriptValue {
        guard read(response) else { return .undefined }
        let path = Array(selector.utf8)
        if Self.isPlain(path) {
            guard let node = tape.node(atPlain: selector) else { return .undefined }
            return try value(node, runtime)
        }
        guard let found = GJSON.select(path[...], from: text) else { return .undefined }
        return try Self.value(found, runtime)
    }

    /// - Returns: `false` for a body that is no JSON.
    private func read(_ response: ScriptResponse) -> Bool {
        if isRead { return tape.root != nil }
        isRead = true
        text = response.body
        if (try? tape.parse(Array(text))) != nil { return true }
        // k6 takes bytes that are no UTF-8 as they come.
        text = Array(String(decoding: text, as: UTF8.self).utf8)[...]
        return (try? tape.parse(Array(text))) != nil
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
    func parse(jsonOf response: ScriptResponse) throws(ScriptThrow) -> ScriptValue {
        var terminated: [UInt8] = []
        terminated.reserveCapacity(response.body.count + 1)
        terminated += response.body
        terminated.append(0)
        return try checked(
            // SAFETY: a zero byte follows the text, as the engine asks.
            unsafe terminated.withUnsafeBytes {
                unsafe engine.table.pointee.parse_json(
                    context, $0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count - 1, "<json>")
            })
    }
}

internal import CScriptEngine

/// A `Blob`: bytes that do not change, with a type.
final class ScriptBlob {
    let bytes: [UInt8]
    let mediaType: String
    private var holding: ScriptHolding?

    init(_ bytes: [UInt8], mediaType: String = "") {
        self.bytes = bytes
        self.mediaType = mediaType
    }

    /// The script's object of it; the caller's.
    func object(_ runtime: ScriptRuntime) throws(ScriptThrow) -> ScriptValue {
        holding = try runtime.hold(128 + bytes.count)
        return try runtime.makeObject(of: Self.type, holding: self)
    }

    static let type = NativeClass(
        "Blob",
        members: [
            .accessor("size") { runtime, this, _ throws(ScriptThrow) in
                runtime.make(try blob(this, runtime).bytes.count)
            },
            .accessor("type") { runtime, this, _ throws(ScriptThrow) in
                runtime.make(try blob(this, runtime).mediaType)
            },
            .function("text") { runtime, this, _ throws(ScriptThrow) in
                try fulfilled(runtime.makeText(blob(this, runtime).bytes), runtime)
            },
            .function("arrayBuffer") { runtime, this, _ throws(ScriptThrow) in
                try fulfilled(runtime.makeArrayBuffer(blob(this, runtime).bytes), runtime)
            },
            .function("bytes") { runtime, this, _ throws(ScriptThrow) in
                let global = runtime.global
                defer { runtime.free(global) }
                let buffer = runtime.makeArrayBuffer(try blob(this, runtime).bytes)
                defer { runtime.free(buffer) }
                let array = try runtime.with(global, "Uint8Array") { type throws(ScriptThrow) in
                    try runtime.construct(type, [buffer])
                }
                return try fulfilled(array, runtime)
            },
            .function("slice", arity: 2) { runtime, this, arguments throws(ScriptThrow) in
                let blob = try blob(this, runtime)
                let start = try place(arguments[0], or: 0, of: blob, runtime)
                let end = try place(arguments[1], or: blob.bytes.count, of: blob, runtime)
                let type = arguments[2].isUndefined ? "" : try runtime.text(arguments[2])
                return try ScriptBlob(
                    start < end ? Array(blob.bytes[start..<end]) : [], mediaType: type
                ).object(runtime)
            },
            .function("toString") { runtime, _, _ throws(ScriptThrow) in runtime.make("[object Blob]") },
            .function("stream") { runtime, _, _ throws(ScriptThrow) in
                throw runtime.goError("Blob.stream() is not supported; use text(), bytes() or arrayBuffer()")
            },
        ],
        construct: { runtime, _, arguments throws(ScriptThrow) in
            var bytes: [UInt8] = []
            if !arguments[0].isNullish {
                guard runtime.isArray(arguments[0]) else {
                    throw runtime.goError("failed to process [blobParts]: it is no array")
                }
                try runtime.forEachElement(of: arguments[0]) { part throws(ScriptThrow) in
                    let more = try content(part, runtime)
                    // One part may stand in many places of the list.
                    try runtime.need(bytes: bytes.count + more.count)
                    bytes += more
                }
            }
            var type = ""
            if !arguments[1].isUndefined {
                guard arguments[1].isObject else { throw runtime.goError("[options] must be an object") }
                type = try runtime.string(of: arguments[1], "type") ?? ""
            }
            return try ScriptBlob(bytes, mediaType: type).object(runtime)
        })

    private static func content(
        _ part: ScriptValue, _ runtime: ScriptRuntime
    ) throws(ScriptThrow) -> [UInt8] {
        if part.isString { return Array(try runtime.text(part).utf8) }
        if let blob = runtime.held(part, as: ScriptBlob.self) { return blob.bytes }
        if let bytes = try SocketValues.bytes(part, runtime) { return bytes }
        throw runtime.goError(
            "failed to process [blobParts]: unsupported type: \(try SocketValues.className(part, runtime))")
    }

    /// A place in it as `slice` is told: from the end when negative.
    private static func place(
        _ value: ScriptValue, or standard: Int, of blob: ScriptBlob, _ runtime: ScriptRuntime
    ) throws(ScriptThrow) -> Int {
        if value.isUndefined { return standard }
        let number = try runtime.toNumber(value)
        guard number.isFinite else { return number > 0 ? blob.bytes.count : 0 }
        let whole = Int(max(-1e15, min(1e15, number)))
        return min(blob.bytes.count, max(0, whole < 0 ? blob.bytes.count + whole : whole))
    }

    /// - Parameter value: given away.
    private static func fulfilled(
        _ value: ScriptValue, _ runtime: ScriptRuntime
    ) throws(ScriptThrow) -> ScriptValue {
        defer { runtime.free(value) }
        return try runtime.settledPromise(value)
    }

    private static func blob(_ this: ScriptValue, _ runtime: ScriptRuntime) throws(ScriptThrow) -> ScriptBlob
    {
        guard let blob = runtime.held(this, as: ScriptBlob.self) else {
            throw .typeError("this is not a Blob")
        }
        return blob
    }
}

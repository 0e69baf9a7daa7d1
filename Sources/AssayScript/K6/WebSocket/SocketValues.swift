internal import CScriptEngine

/// What scripts see of an error that k6's network code made: its text by `error()`, and what it is made of.
enum SocketValues {
    /// - Parameter close: of an error that is the peer's close.
    static func error(
        _ text: String, close: (code: Int, reason: String)? = nil, _ runtime: ScriptRuntime
    ) -> ScriptValue {
        let error = runtime.makeObject()
        if let close {
            runtime.set(error, "code", runtime.make(close.code))
            runtime.set(error, "text", runtime.make(close.reason))
        }
        let tell = { (runtime: ScriptRuntime, _: ScriptArguments) throws(ScriptThrow) -> ScriptValue in
            runtime.make(text)
        }
        runtime.set(error, "error", runtime.makeFunction("error", tell))
        runtime.define(error, "message", runtime.make(text))
        runtime.define(error, "toString", runtime.makeFunction("toString", tell))
        return error
    }

    /// The name of a value's class, as errors call what was given.
    static func className(_ value: ScriptValue, _ runtime: ScriptRuntime) throws(ScriptThrow) -> String {
        if value.isUndefined { return "undefined" }
        if value.isNull { return "null" }
        return try runtime.with(value, "constructor") { constructor throws(ScriptThrow) in
            constructor.isObject ? try runtime.string(of: constructor, "name") ?? "" : ""
        }
    }

    /// What an ArrayBuffer, a typed array or a DataView holds; `nil` of anything else.
    static func bytes(_ value: ScriptValue, _ runtime: ScriptRuntime) throws(ScriptThrow) -> [UInt8]? {
        guard value.isObject else { return nil }
        if let bytes = runtime.bytes(value) { return bytes }
        guard try className(value, runtime) == "DataView",
            let offset = runtime.number(value).map({ _ in 0 })
                ?? runtime.wholeNumber(of: value, "byteOffset"),
            let count = runtime.wholeNumber(of: value, "byteLength")
        else { return nil }
        return try runtime.with(value, "buffer") { buffer throws(ScriptThrow) in
            guard let all = runtime.bytes(buffer), offset >= 0, count >= 0, offset + count <= all.count else {
                return nil
            }
            return Array(all[offset..<(offset + count)])
        }
    }
}

extension ScriptRuntime {
    /// A member that is a whole number.
    func wholeNumber(of object: ScriptValue, _ name: String) -> Int? {
        guard let number = try? number(of: object, name) else { return nil }
        return Int(exactly: number)
    }
}

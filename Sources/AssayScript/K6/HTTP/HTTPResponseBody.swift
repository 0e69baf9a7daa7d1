/// The body of an answer, which a script may replace by another one that `res.json()` and `res.html()` read from then on.
enum HTTPResponseBody {
    static let field = NativeRecord.Field.value(
        "body",
        replaced: { runtime, this, _ throws(ScriptThrow) in
            let response = try HTTPResponse.held(this, runtime)
            response.isBodyReplaced = true
            response.jsonFault = nil
            response.document = nil
            return .undefined
        },
        { runtime, this, _ throws(ScriptThrow) in
            let response = try HTTPResponse.held(this, runtime)
            // A request that was not made has an empty list in k6; its body is no text.
            guard response.request != nil else { return runtime.makeArray() }
            guard response.hasBody else { return .null }
            return runtime.make(bodyOf: response, isBinary: response.request?.responseType == .binary)
        })

    /// - Parameters:
    ///   - this: the answer as the script has it.
    ///   - format: what the body is to become, for the error where there is none.
    static func demand(
        of this: ScriptValue, _ response: ScriptResponse, for format: String, _ runtime: ScriptRuntime
    ) throws(ScriptThrow) {
        let isThere =
            response.isBodyReplaced
            ? try runtime.with(this, "body") { value in !value.isNullish }
            : response.hasBody || response.request == nil
        guard isThere else {
            throw .error(
                "the body is null so we can't transform it to \(format) - this likely was because of a request error "
                    + "getting the response")
        }
    }

    static func bytes(
        of this: ScriptValue, _ response: ScriptResponse, _ runtime: ScriptRuntime
    ) throws(ScriptThrow) -> ArraySlice<UInt8> {
        guard response.isBodyReplaced else { return response.body }
        return try runtime.with(this, "body") { value throws(ScriptThrow) in
            if let bytes = runtime.bytes(value) { return bytes[...] }
            if value.isString { throw .pending }
            throw .error("invalid type \(goType(value, runtime)), expected string, []byte or ArrayBuffer")
        }
    }

    private static func goType(_ value: ScriptValue, _ runtime: ScriptRuntime) -> String {
        if let number = value.asNumber { return Int64(exactly: number) == nil ? "float64" : "int64" }
        if value.isBool { return "bool" }
        return runtime.isArray(value) ? "[]interface {}" : "map[string]interface {}"
    }
}

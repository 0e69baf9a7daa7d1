/// The module `k6/encoding`.
enum EncodingModule {
    static let module = NativeModule(
        "k6/encoding",
        [.function("b64encode", arity: 2, encode), .function("b64decode", arity: 3, decode)])

    /// What is no variant's name is the standard one.
    private static func variant(
        _ value: ScriptValue, _ runtime: ScriptRuntime
    ) throws(ScriptThrow) -> Base64Variant {
        try runtime.optionalText(value).flatMap(Base64Variant.init(rawValue:)) ?? .standard
    }

    private static func encode(
        _ runtime: ScriptRuntime, _: ScriptValue, _ arguments: ScriptArguments
    ) throws(ScriptThrow) -> ScriptValue {
        let bytes = try runtime.wantedBytes(arguments[0])
        return runtime.makeText(try variant(arguments[1], runtime).encode(bytes))
    }

    /// A text when the format is `s`, an ArrayBuffer otherwise.
    private static func decode(
        _ runtime: ScriptRuntime, _: ScriptValue, _ arguments: ScriptArguments
    ) throws(ScriptThrow) -> ScriptValue {
        let text = try runtime.optionalText(arguments[0]) ?? ""
        let variant = try variant(arguments[1], runtime)
        let bytes: [UInt8]
        do throws(Base64Variant.Corruption) {
            bytes = try variant.decode(Array(text.utf8))
        } catch {
            throw runtime.goError("illegal base64 data at input byte \(error.offset)")
        }
        return try runtime.optionalText(arguments[2]) == "s"
            ? runtime.makeText(bytes) : runtime.makeArrayBuffer(bytes)
    }
}

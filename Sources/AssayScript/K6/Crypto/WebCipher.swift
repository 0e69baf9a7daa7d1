internal import AssayNet

/// `crypto.subtle.encrypt()` and `decrypt()`.
enum WebCipher {
    /// `encrypt(algorithm, key, data)`.
    static func run(
        _ runtime: ScriptRuntime, _ arguments: ScriptArguments, encrypts: Bool
    ) throws(ScriptThrow) -> ScriptValue {
        let key = try WebCryptoKey.read(
            arguments[1], for: encrypts ? "encrypt" : "decrypt", arguments[0], runtime)
        guard case .aes(let mode) = key.kind, arguments[0].isObject else {
            throw runtime.unsupported(key.name, encrypts ? "encrypt" : "decrypt")
        }
        let data = try bytes(arguments[2], runtime) ?? []
        let (cipher, vector) = try cipher(mode, arguments[0], runtime)
        let result =
            encrypts
            ? cipher.encrypt(data, key: key.bytes, vector: vector)
            : cipher.decrypt(data, key: key.bytes, vector: vector)
        guard let result else {
            throw runtime.webError(
                "OperationError",
                encrypts
                    ? "could not encrypt with these parameters"
                    : "could not decrypt: the key, the "
                        + "parameters or the data are others than those it was encrypted with")
        }
        return runtime.makeArrayBuffer(result)
    }

    private static func cipher(
        _ mode: String, _ algorithm: ScriptValue, _ runtime: ScriptRuntime
    ) throws(ScriptThrow) -> (SymmetricCipher, vector: [UInt8]) {
        func member(_ name: String) throws(ScriptThrow) -> [UInt8] {
            try runtime.with(algorithm, name) { value throws(ScriptThrow) in
                value.isNullish ? [] : try bytes(value, runtime) ?? []
            }
        }
        switch mode {
        case "CBC":
            let vector = try member("iv")
            guard vector.count == 16 else {
                throw runtime.webError("OperationError", "iv length is not 16 bytes")
            }
            return (.cbc, vector)
        case "CTR":
            let counter = try member("counter")
            guard counter.count == 16 else {
                throw runtime.webError("OperationError", "counter length is not 16 bytes")
            }
            guard let length = try runtime.number(of: algorithm, "length"), 1...128 ~= length else {
                throw runtime.webError("OperationError", "invalid counter length, out of the 1..128 range")
            }
            return (.ctr, counter)
        default:
            let vector = try member("iv")
            let bits = try runtime.number(of: algorithm, "tagLength") ?? 128
            guard [32, 64, 96, 104, 112, 120, 128].contains(bits) else {
                throw runtime.webError(
                    "OperationError",
                    "tagLength is not valid; it must be 32, 64, 96, 104, 112, 120 or 128")
            }
            return (.gcm(tagBytes: Int(bits) / 8, additional: try member("additionalData")), vector)
        }
    }

    private static func bytes(
        _ value: ScriptValue, _ runtime: ScriptRuntime
    ) throws(ScriptThrow) -> [UInt8]? {
        guard runtime.isBuffer(value) else {
            throw .error("data is neither an ArrayBuffer, nor a TypedArray nor DataView")
        }
        return runtime.bytes(value)
    }
}

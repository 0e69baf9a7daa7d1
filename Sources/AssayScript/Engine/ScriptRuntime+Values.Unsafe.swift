public import AssayFormats
public import CScriptEngine

// SAFETY: of this whole file: the engine's functions are given this runtime's context and values of it; texts and buffers
// that the engine lends are copied before anything else runs.

extension ScriptRuntime {
    // MARK: who owns a value

    /// One more owner.
    public func duplicate(_ value: ScriptValue) -> ScriptValue {
        unsafe value.tag < 0 ? engine.table.pointee.duplicate(context, value) : value
    }

    /// One owner less.
    public func free(_ value: ScriptValue) {
        if value.tag < 0 { unsafe engine.table.pointee.free_value(context, value) }
    }

    /// Keeps a borrowed value.
    public func retain(_ value: ScriptValue) -> ScriptReference {
        ScriptReference(owning: duplicate(value), self)
    }

    /// Keeps a value that the caller owns; its ownership passes over.
    public func retain(owned value: ScriptValue) -> ScriptReference { ScriptReference(owning: value, self) }

    // MARK: making; the caller owns what it gets

    public func make(_ text: String) -> ScriptValue {
        var text = text
        return text.withUTF8 { bytes in
            unsafe bytes.withMemoryRebound(to: CChar.self) {
                unsafe engine.table.pointee.make_string(context, $0.baseAddress ?? emptyText, $0.count)
            }
        }
    }

    /// A text from UTF-8; what is none becomes U+FFFD.
    public func makeText(_ bytes: [UInt8]) -> ScriptValue {
        unsafe bytes.withUnsafeBytes {
            unsafe engine.table.pointee.make_string(
                context, $0.baseAddress?.assumingMemoryBound(to: CChar.self) ?? emptyText, $0.count)
        }
    }

    /// The same without an array.
    public func makeText(_ bytes: RawSpan) -> ScriptValue {
        unsafe bytes.withUnsafeBytes {
            unsafe engine.table.pointee.make_string(
                context, $0.baseAddress?.assumingMemoryBound(to: CChar.self) ?? emptyText, $0.count)
        }
    }

    public func make(_ number: Double) -> ScriptValue { .number(number) }
    public func make(_ number: Int) -> ScriptValue { .number(Double(number)) }
    public func make(_ value: Bool) -> ScriptValue { .bool(value) }
    public func makeObject() -> ScriptValue { unsafe engine.table.pointee.make_object(context) }

    /// - Parameter elements: given away.
    public func makeArray(_ elements: [ScriptValue] = []) -> ScriptValue {
        let array = unsafe engine.table.pointee.make_array(context)
        for (index, element) in elements.enumerated() {
            _ = unsafe engine.table.pointee.set_at(context, array, UInt32(index), element)
        }
        return array
    }

    public func makeArrayBuffer(_ bytes: [UInt8]) -> ScriptValue {
        guard need(Int32(SCRIPT_BUFFERS)) else { return .exception }
        return unsafe bytes.withUnsafeBytes {
            unsafe engine.table.pointee.make_buffer(
                context, $0.baseAddress?.assumingMemoryBound(to: UInt8.self), $0.count)
        }
    }

    public func makeArrayBuffer(_ bytes: RawSpan) -> ScriptValue {
        guard need(Int32(SCRIPT_BUFFERS)) else { return .exception }
        return unsafe bytes.withUnsafeBytes {
            unsafe engine.table.pointee.make_buffer(
                context, $0.baseAddress?.assumingMemoryBound(to: UInt8.self), $0.count)
        }
    }

    /// - Parameter milliseconds: since 1970.
    public func makeDate(_ milliseconds: Double) -> ScriptValue {
        guard need(Int32(SCRIPT_DATES)) else { return .exception }
        return unsafe engine.table.pointee.make_date(context, milliseconds)
    }

    /// An `Error` that is not thrown yet.
    public func makeError(_ message: String) -> ScriptValue {
        let error = unsafe engine.table.pointee.make_error(context)
        let text = make(message)
        _ = unsafe engine.table.pointee.define(context, error, "message", text)
        return error
    }

    public func make(json value: JSON) throws(ScriptThrow) -> ScriptValue {
        switch value {
        case .null: .null
        case .bool(let bool): .bool(bool)
        case .string(let text): make(text)
        default: try parse(json: Array(value.rendered().utf8))
        }
    }

    /// As `JSON.parse`.
    public func parse(json bytes: [UInt8]) throws(ScriptThrow) -> ScriptValue {
        var terminated = bytes
        terminated.append(0)
        return try checked(
            unsafe terminated.withUnsafeBytes {
                unsafe engine.table.pointee.parse_json(
                    context, $0.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count, "<json>")
            })
    }

    /// A function; `native` finds its state in the runtime.
    public func makeFunction(_ native: Native) -> ScriptValue {
        unsafe engine.table.pointee.make_function(
            context, native.name, Int32(native.arity), Int32(native.kind.rawValue), Int32(native.number))
    }

    /// A function with captures. It must not hold the runtime, which it is given.
    public func makeFunction(
        _ name: String = "", arity: Int = 0,
        _ body: @escaping (ScriptRuntime, ScriptArguments) throws(ScriptThrow) -> ScriptValue
    ) -> ScriptValue {
        let data = makeNative(.undefined, ScriptClosure(body))
        let function = unsafe engine.table.pointee.make_closure(context, name, Int32(arity), data)
        free(data)
        return function
    }

    /// A promise, and what settles it.
    public func makePromise() -> (promise: ScriptValue, resolve: ScriptReference, reject: ScriptReference) {
        var resolve = ScriptValue.undefined
        var reject = ScriptValue.undefined
        let promise = unsafe engine.table.pointee.make_promise(context, &resolve, &reject)
        return (promise, retain(owned: resolve), retain(owned: reject))
    }

    // MARK: reading; nothing is owned by who asks

    /// The text of a string; `nil` of anything else.
    public func string(_ value: ScriptValue) -> String? { value.isString ? try? text(value) : nil }

    /// As `String(value)`.
    public func text(_ value: ScriptValue) throws(ScriptThrow) -> String {
        var count = 0
        guard let bytes = unsafe engine.table.pointee.text(context, value, &count) else { throw .pending }
        defer { unsafe engine.table.pointee.free_text(context, bytes) }
        return unsafe String(
            decoding: UnsafeRawBufferPointer(start: bytes, count: count), as: UTF8.self)
    }

    /// A string as UTF-8, or what an ArrayBuffer, typed array or DataView holds; `nil` of anything else.
    public func bytes(_ value: ScriptValue) -> [UInt8]? {
        var count = 0
        if value.isString {
            guard let bytes = unsafe engine.table.pointee.text(context, value, &count) else { return nil }
            defer { unsafe engine.table.pointee.free_text(context, bytes) }
            return unsafe Array(UnsafeRawBufferPointer(start: bytes, count: count))
        }
        guard value.isObject, let bytes = unsafe engine.table.pointee.buffer(context, value, &count) else {
            return nil
        }
        return unsafe Array(UnsafeRawBufferPointer(start: bytes, count: count))
    }

    /// Whether it is an ArrayBuffer, a typed array or a DataView.
    public func isBuffer(_ value: ScriptValue) -> Bool {
        var count = 0
        return unsafe value.isObject && engine.table.pointee.buffer(context, value, &count) != nil
    }

    /// The number it is; `nil` of anything else.
    public func number(_ value: ScriptValue) -> Double? { value.asNumber }
    /// The whole number it is.
    public func integer(_ value: ScriptValue) -> Int? { value.asNumber.flatMap { Int(exactly: $0) } }
    /// The boolean it is; `nil` of anything else.
    public func bool(_ value: ScriptValue) -> Bool? { value.asBool }

    /// As `Boolean(value)`.
    public func isTruthy(_ value: ScriptValue) -> Bool {
        unsafe engine.table.pointee.to_boolean(context, value) > 0
    }

    /// As `Number(value)`.
    public func toNumber(_ value: ScriptValue) throws(ScriptThrow) -> Double {
        var number = 0.0
        guard unsafe engine.table.pointee.to_double(context, value, &number) == 0 else { throw .pending }
        return number
    }

    public func isFunction(_ value: ScriptValue) -> Bool {
        unsafe value.isObject && engine.table.pointee.is_function(context, value)
    }
    public func isArray(_ value: ScriptValue) -> Bool {
        unsafe value.isObject && engine.table.pointee.is_array(value)
    }
    public func isError(_ value: ScriptValue) -> Bool {
        unsafe value.isObject && engine.table.pointee.is_error(value)
    }
    public func isRegExp(_ value: ScriptValue) -> Bool {
        unsafe value.isObject && engine.table.pointee.is_regexp(value)
    }
    public func isDate(_ value: ScriptValue) -> Bool {
        unsafe value.isObject && engine.table.pointee.is_date(value)
    }
    public func isPromise(_ value: ScriptValue) -> Bool {
        unsafe value.isObject && engine.table.pointee.promise_state(context, value) >= 0
    }
    /// As `a === b`.
    public func isSame(_ a: ScriptValue, _ b: ScriptValue) -> Bool {
        unsafe engine.table.pointee.is_same(context, a, b)
    }

    /// As `JSON.stringify`; `nil` where that is undefined.
    public func json(_ value: ScriptValue) throws(ScriptThrow) -> JSON? {
        guard let text = try jsonText(value) else { return nil }
        guard let parsed = try? JSON(parsing: text) else { return nil }
        return parsed
    }

    /// The same as text.
    public func jsonText(
        _ value: ScriptValue, replacer: ScriptValue = .undefined, space: ScriptValue = .undefined
    ) throws(ScriptThrow) -> [UInt8]? {
        let rendered = try checked(unsafe engine.table.pointee.to_json(context, value, replacer, space))
        defer { free(rendered) }
        return rendered.isUndefined ? nil : bytes(rendered)
    }
}

// SAFETY: a constant, for texts of no bytes.
private nonisolated(unsafe) let emptyText: UnsafePointer<CChar> = {
    let text = UnsafeMutablePointer<CChar>.allocate(capacity: 1)
    unsafe text.initialize(to: 0)
    return unsafe UnsafePointer(text)
}()

public import AssayFormats
internal import CScriptEngine

// SAFETY: of this whole file: the engine's functions are given this runtime's context and values of it; texts and buffers
// that the engine lends are copied before anything else runs.

extension ScriptRuntime {
    // MARK: who owns a value

    /// One more owner.
    public func duplicate(_ value: ScriptValue) -> ScriptValue {
        value.tag < 0 ? unsafe engine.table.pointee.duplicate(context, value) : value
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
        return unsafe text.withUTF8 { bytes in
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
        unsafe bytes.withUnsafeBytes {
            unsafe engine.table.pointee.make_buffer(
                context, $0.baseAddress?.assumingMemoryBound(to: UInt8.self), $0.count)
        }
    }

    public func makeArrayBuffer(_ bytes: RawSpan) -> ScriptValue {
        unsafe bytes.withUnsafeBytes {
            unsafe engine.table.pointee.make_buffer(
                context, $0.baseAddress?.assumingMemoryBound(to: UInt8.self), $0.count)
        }
    }

    /// - Parameter milliseconds: since 1970.
    public func makeDate(_ milliseconds: Double) -> ScriptValue {
        unsafe engine.table.pointee.make_date(context, milliseconds)
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
        return value.isObject && unsafe engine.table.pointee.buffer(context, value, &count) != nil
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
        value.isObject && unsafe engine.table.pointee.is_function(context, value)
    }
    public func isArray(_ value: ScriptValue) -> Bool {
        value.isObject && unsafe engine.table.pointee.is_array(value)
    }
    public func isError(_ value: ScriptValue) -> Bool {
        value.isObject && unsafe engine.table.pointee.is_error(value)
    }
    public func isRegExp(_ value: ScriptValue) -> Bool {
        value.isObject && unsafe engine.table.pointee.is_regexp(value)
    }
    public func isDate(_ value: ScriptValue) -> Bool {
        value.isObject && unsafe engine.table.pointee.is_date(value)
    }
    public func isPromise(_ value: ScriptValue) -> Bool {
        value.isObject && unsafe engine.table.pointee.promise_state(context, value) >= 0
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

    // MARK: properties

    /// - Returns: owned by the caller.
    public func get(_ object: ScriptValue, _ name: String) throws(ScriptThrow) -> ScriptValue {
        try checked(unsafe engine.table.pointee.get(context, object, name))
    }

    /// - Returns: owned by the caller.
    public func get(_ object: ScriptValue, at index: Int) throws(ScriptThrow) -> ScriptValue {
        try checked(unsafe engine.table.pointee.get_at(context, object, UInt32(index)))
    }

    /// Looks at a property, which is borrowed.
    public func with<Result>(
        _ object: ScriptValue, _ name: String, _ body: (ScriptValue) throws(ScriptThrow) -> Result
    ) throws(ScriptThrow) -> Result {
        let value = try get(object, name)
        defer { free(value) }
        return try body(value)
    }

    /// Own enumerable properties, in order; keys and values are borrowed.
    public func forEachProperty(
        of object: ScriptValue, _ body: (_ key: String, _ value: ScriptValue) throws(ScriptThrow) -> Void
    ) throws(ScriptThrow) {
        guard object.isObject else { return }
        let keys = try checked(unsafe engine.table.pointee.keys(context, object))
        defer { free(keys) }
        for index in 0..<(try length(of: keys)) {
            let key = try get(keys, at: index)
            defer { free(key) }
            let name = try text(key)
            try with(object, name) { value throws(ScriptThrow) in try body(name, value) }
        }
    }

    /// The elements of an array, borrowed.
    public func forEachElement(
        of array: ScriptValue, _ body: (_ element: ScriptValue) throws(ScriptThrow) -> Void
    ) throws(ScriptThrow) {
        for index in 0..<(try length(of: array)) {
            let element = try get(array, at: index)
            defer { free(element) }
            try body(element)
        }
    }

    /// `length` of an array or what is like one.
    public func length(of array: ScriptValue) throws(ScriptThrow) -> Int {
        var length: Int64 = 0
        guard unsafe engine.table.pointee.length(context, array, &length) == 0 else { throw .pending }
        return Int(length)
    }

    public func string(of object: ScriptValue, _ name: String) throws(ScriptThrow) -> String? {
        try with(object, name) { value throws(ScriptThrow) in string(value) }
    }
    public func number(of object: ScriptValue, _ name: String) throws(ScriptThrow) -> Double? {
        try with(object, name) { value throws(ScriptThrow) in number(value) }
    }
    public func bool(of object: ScriptValue, _ name: String) throws(ScriptThrow) -> Bool? {
        try with(object, name) { value throws(ScriptThrow) in bool(value) }
    }

    /// Sets an own property of an object.
    ///
    /// - Parameter value: given away.
    public func set(_ object: ScriptValue, _ name: String, _ value: ScriptValue) {
        _ = unsafe engine.table.pointee.set(context, object, name, value)
    }

    /// - Parameter value: given away.
    public func set(_ object: ScriptValue, at index: Int, _ value: ScriptValue) {
        _ = unsafe engine.table.pointee.set_at(context, object, UInt32(index), value)
    }

    /// A property that is not enumerated.
    ///
    /// - Parameter value: given away.
    public func define(_ object: ScriptValue, _ name: String, _ value: ScriptValue) {
        _ = unsafe engine.table.pointee.define(context, object, name, value)
    }

    public func define(_ object: ScriptValue, _ name: String, get: Native, set: Native? = nil) {
        let setter = set.map { makeFunction($0) } ?? .undefined
        _ = unsafe engine.table.pointee.define_accessor(context, object, name, makeFunction(get), setter)
    }

    public func remove(_ object: ScriptValue, _ name: String) {
        _ = unsafe engine.table.pointee.remove(context, object, name)
    }

    /// As `Object.freeze`, one level deep.
    public func freeze(_ object: ScriptValue) { _ = unsafe engine.table.pointee.freeze(context, object) }

    /// Owned by the caller.
    public var global: ScriptValue { unsafe engine.table.pointee.global(context) }

    /// As `new Proxy(target, handler)`; both are borrowed.
    public func makeProxy(_ target: ScriptValue, handler: ScriptValue) -> ScriptValue {
        unsafe engine.table.pointee.make_proxy(context, target, handler)
    }

    // MARK: calling

    /// Calls a function; arguments are borrowed, the result is the caller's.
    public func call(
        _ function: ScriptValue, this: ScriptValue = .undefined, _ arguments: [ScriptValue] = []
    ) throws(ScriptThrow) -> ScriptValue {
        var arguments = arguments
        let count = Int32(arguments.count)
        return try checked(
            unsafe arguments.withUnsafeMutableBufferPointer {
                unsafe engine.table.pointee.call(context, function, this, count, $0.baseAddress)
            })
    }

    /// As `new function(…)`.
    public func construct(
        _ function: ScriptValue, _ arguments: [ScriptValue] = []
    ) throws(ScriptThrow) -> ScriptValue {
        var arguments = arguments
        let count = Int32(arguments.count)
        return try checked(
            unsafe arguments.withUnsafeMutableBufferPointer {
                unsafe engine.table.pointee.construct(context, function, count, $0.baseAddress)
            })
    }

    /// As `promise.then(fulfilled, rejected)`; all borrowed.
    public func then(
        _ promise: ScriptValue, _ fulfilled: ScriptValue, _ rejected: ScriptValue = .undefined
    ) throws(ScriptThrow) -> ScriptValue {
        try checked(unsafe engine.table.pointee.promise_then(context, promise, fulfilled, rejected))
    }

    /// Runs a classic script in the global scope; the value of its last expression is the caller's.
    public func evaluate(
        _ source: String, file: String = "<eval>", isStrict: Bool = false
    ) throws(ScriptThrow) -> ScriptValue {
        var terminated = Array(source.utf8)
        let count = terminated.count
        terminated.append(0)
        return try checked(
            unsafe terminated.withUnsafeBytes {
                unsafe engine.table.pointee.evaluate(
                    context, $0.baseAddress?.assumingMemoryBound(to: CChar.self), count, file, isStrict)
            })
    }

    func checked(_ value: ScriptValue) throws(ScriptThrow) -> ScriptValue {
        if value.isException { throw .pending }
        return value
    }

    // MARK: native objects

    /// An object that holds a Swift object, which goes when the script's does.
    public func makeObject(of type: NativeClass, holding payload: AnyObject) throws(ScriptThrow) -> ScriptValue {
        makeNative(try prototype(of: type), payload)
    }

    func makeNative(_ prototype: ScriptValue, _ payload: AnyObject) -> ScriptValue {
        let held = unsafe Unmanaged.passRetained(payload).toOpaque()
        let made = unsafe engine.table.pointee.make_native(context, prototype, held)
        if made.isException { unsafe Unmanaged<AnyObject>.fromOpaque(held).release() }
        return made
    }

    /// What an object holds, when it is of that type.
    public func held<Payload: AnyObject>(_ value: ScriptValue, as type: Payload.Type = Payload.self) -> Payload? {
        guard value.isObject, let payload = unsafe engine.table.pointee.native_payload(value) else { return nil }
        return unsafe Unmanaged<AnyObject>.fromOpaque(payload).takeUnretainedValue() as? Payload
    }

    private func prototype(of type: NativeClass) throws(ScriptThrow) -> ScriptValue {
        if let known = classes[ObjectIdentifier(type)] { return known.prototype }
        let prototype = makeObject()
        for member in type.members { try add(member, to: prototype, isEnumerable: false) }
        let constructor = type.constructor.map { makeFunction($0) } ?? .undefined
        if constructor.isObject { unsafe engine.table.pointee.set_constructor(context, constructor, prototype) }
        classes[ObjectIdentifier(type)] = (prototype, constructor)
        return prototype
    }

    /// Owned by the caller.
    func constructor(of type: NativeClass) throws(ScriptThrow) -> ScriptValue {
        _ = try prototype(of: type)
        return duplicate(classes[ObjectIdentifier(type)]?.constructor ?? .undefined)
    }

    /// Puts an export on an object.
    func add(_ export: NativeExport, to object: ScriptValue, isEnumerable: Bool = true) throws(ScriptThrow) {
        switch export.content {
        case .function(let native):
            let function = makeFunction(native)
            isEnumerable ? set(object, export.name, function) : define(object, export.name, function)
        case .value(let make):
            let value = try make(self)
            isEnumerable ? set(object, export.name, value) : define(object, export.name, value)
        case .accessor(let get, let setter): define(object, export.name, get: get, set: setter)
        }
    }
}

// SAFETY: a constant, for texts of no bytes.
private nonisolated(unsafe) let emptyText: UnsafePointer<CChar> = {
    let text = UnsafeMutablePointer<CChar>.allocate(capacity: 1)
    unsafe text.initialize(to: 0)
    return unsafe UnsafePointer(text)
}()

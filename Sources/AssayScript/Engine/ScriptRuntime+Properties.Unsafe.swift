public import CScriptEngine

// SAFETY: of this whole file: the engine's functions are given this runtime's context and values of it.

extension ScriptRuntime {
    // MARK: properties

    /// - Returns: owned by the caller.
    public func get(_ object: ScriptValue, _ name: String) throws(ScriptThrow) -> ScriptValue {
        try checked(unsafe engine.table.pointee.get(context, object, name))
    }

    /// - Returns: owned by the caller.
    public func get(_ object: ScriptValue, at index: Int) throws(ScriptThrow) -> ScriptValue {
        // What is only like an array may be longer than one.
        guard let place = UInt32(exactly: index) else { return try get(object, String(index)) }
        return try checked(unsafe engine.table.pointee.get_at(context, object, place))
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

    /// The elements of an array, borrowed; long ones let others have a turn, and end with their user.
    public func forEachElement(
        of array: ScriptValue, _ body: (_ element: ScriptValue) throws(ScriptThrow) -> Void
    ) throws(ScriptThrow) {
        for index in 0..<(try length(of: array)) {
            if index & 4095 == 4095, passes() { throw .interrupted }
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
        guard let place = UInt32(exactly: index) else { return set(object, String(index), value) }
        _ = unsafe engine.table.pointee.set_at(context, object, place, value)
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
        guard need(SourceWords([terminated], exports: []).parts) else { throw .pending }
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
}

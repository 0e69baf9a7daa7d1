internal import CScriptEngine

// SAFETY: of this whole file: modules belong to this runtime's context, which holds them; bytecode is what the same engine
// wrote in this process.

extension ScriptRuntime {
    func installGlobals() throws(ScriptThrow) {
        let global = global
        defer { free(global) }
        for export in program.builtIns.globals { try add(export, to: global, isEnumerable: false) }
    }

    /// Runs the main module; its namespace is the caller's.
    func runMain() throws(ScriptThrow) -> ScriptValue {
        guard let bytes = program.modules[program.main],
            let module = unsafe read(bytes),
            unsafe engine.table.pointee.resolve_imports(context, module) >= 0
        else { throw .pending }
        let promise = try checked(unsafe engine.table.pointee.run_module(context, module))
        try settleInitially(promise)
        return try checked(unsafe engine.table.pointee.namespace_of(context, module))
    }

    /// The name under which a module is known that another one imports.
    ///
    /// - Returns: `nil` when it has thrown.
    func resolve(_ name: String, from base: String) -> String? {
        switch ModuleName.resolve(name, from: base) {
        case .success(let resolved):
            builder?.note(name, resolved: resolved, from: base)
            return resolved
        case .failure(let reason):
            _ = raise(.typeError(reason.message))
            return nil
        }
    }

    /// Finds a module by its resolved name.
    ///
    /// - Returns: `nil` when it has thrown.
    func load(_ name: String) -> OpaquePointer? {
        if let number = program.builtIns.numbers[name], program.builtIns.modules[number].source == nil {
            let module = unsafe engine.table.pointee.make_native_module(context, name, Int32(number))
            guard let module = unsafe module else { return nil }
            for export in program.builtIns.modules[number].exports where isNamed(export) {
                _ = unsafe engine.table.pointee.add_export(context, module, export.name)
            }
            if !program.builtIns.modules[number].exports.contains(where: { $0.name == "default" }) {
                _ = unsafe engine.table.pointee.add_export(context, module, "default")
            }
            return unsafe module
        }
        if let bytes = program.modules[name] { return unsafe read(bytes) }
        guard let builder else {
            _ = raise(
                .error("\(ModuleName.shown(name)) is not among the modules that were read at the start"))
            return nil
        }
        return unsafe builder.load(name, in: self)
    }

    /// Whether a module may import it by name: then the name stands in its text.
    private func isNamed(_ export: NativeExport) -> Bool {
        guard builder == nil, let words = program.words, export.name != "default" else { return true }
        return words.contains(export.name)
    }

    private func read(_ bytes: [UInt8]) -> OpaquePointer? {
        unsafe bytes.withUnsafeBytes {
            unsafe engine.table.pointee.read_module(
                context, $0.baseAddress?.assumingMemoryBound(to: UInt8.self), $0.count)
        }
    }

    /// Sets the exports of a native module.
    ///
    /// - Returns: `false` when it has thrown.
    func fill(_ module: OpaquePointer, _ number: Int) -> Bool {
        let exports = program.builtIns.modules[number].exports
        let hasDefault = exports.contains { $0.name == "default" }
        let all = makeObject()
        defer { free(all) }
        do throws(ScriptThrow) {
            for export in exports {
                try add(export, to: all)
                guard isNamed(export) else { continue }
                let value = try get(all, export.name)
                guard unsafe engine.table.pointee.set_export(context, module, export.name, value) >= 0 else {
                    return false
                }
            }
        } catch {
            _ = raise(error)
            return false
        }
        return unsafe hasDefault
            || engine.table.pointee.set_export(context, module, "default", duplicate(all)) >= 0
    }

    /// Compiles a module and gives its bytecode; nothing runs.
    func compile(_ source: [UInt8], name: String, keepsSource: Bool) throws(ScriptThrow) -> (
        OpaquePointer, [UInt8]
    ) {
        var terminated = source
        terminated.append(0)
        let module = unsafe terminated.withUnsafeBytes {
            unsafe engine.table.pointee.compile(
                context, $0.baseAddress?.assumingMemoryBound(to: CChar.self), source.count, name)
        }
        guard let module = unsafe module else { throw .pending }
        var count = 0
        guard let bytes = unsafe engine.table.pointee.write_module(context, module, keepsSource, &count)
        else {
            throw .pending
        }
        defer { unsafe engine.table.pointee.free_bytes(context, bytes) }
        return unsafe (module, Array(UnsafeBufferPointer(start: bytes, count: count)))
    }

    func resolveImports(of module: OpaquePointer) throws(ScriptThrow) {
        guard unsafe engine.table.pointee.resolve_imports(context, module) >= 0 else { throw .pending }
    }
}

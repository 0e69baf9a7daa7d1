internal import CScriptEngine

/// The engine's side of a runtime; it lives as long as the runtime or a value that somebody keeps.
@safe final class ScriptCore {
    let engine: ScriptEngine
    // SAFETY: made in init, freed in deinit; the engine is never unloaded.
    let runtime: OpaquePointer
    let context: OpaquePointer
    let coroutine: OpaquePointer

    /// - Parameters:
    ///   - stack: bytes of address space for the coroutine.
    ///   - parts: of the language, as the engine numbers them.
    init(_ engine: ScriptEngine, memory: Int, stack: Int, parts: Int32) throws(ScriptFailure) {
        self.engine = engine
        let table = unsafe engine.table
        // SAFETY: the engine's functions take what the engine made; the hooks are static.
        guard let runtime = unsafe table.pointee.make_runtime(memory) else { throw .noMemory }
        guard let coroutine = unsafe script_coroutine_make(stack) else {
            unsafe table.pointee.free_runtime(runtime)
            throw .noMemory
        }
        guard let context = unsafe table.pointee.make_context(runtime, ScriptHooks.table, nil, parts) else {
            unsafe script_coroutine_free(coroutine)
            unsafe table.pointee.free_runtime(runtime)
            throw .noMemory
        }
        unsafe self.runtime = unsafe runtime
        unsafe self.context = unsafe context
        unsafe self.coroutine = unsafe coroutine
    }

    deinit {
        unsafe engine.table.pointee.free_context(context)
        unsafe engine.table.pointee.free_runtime(runtime)
        unsafe script_coroutine_free(coroutine)
    }
}

internal import CScriptEngine

/// A value kept alive; belongs to its runtime's thread, and must be gone before the runtime is.
public final class ScriptReference {
    public let value: ScriptValue
    private let engine: ScriptEngine
    // SAFETY: of a runtime that outlives this; kept apart from it, for a runtime holds references itself.
    private let context: OpaquePointer

    init(owning value: ScriptValue, _ runtime: ScriptRuntime) {
        self.value = value
        engine = runtime.engine
        unsafe context = unsafe runtime.context
    }

    deinit { unsafe engine.table.pointee.free_value(context, value) }
}

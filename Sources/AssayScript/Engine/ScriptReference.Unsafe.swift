public import CScriptEngine

/// A value kept alive; belongs to its runtime's thread.
public final class ScriptReference {
    public let value: ScriptValue
    /// Not the runtime, which holds references itself.
    private let core: ScriptCore

    init(owning value: ScriptValue, _ runtime: ScriptRuntime) {
        self.value = value
        core = runtime.core
    }

    // SAFETY: the core holds the context as long as this.
    deinit { unsafe core.engine.table.pointee.free_value(core.context, value) }
}

/// Stands in until `k6/html` is there.
enum HTMLModule {
    static func parse(_ markup: String, url: String, _ runtime: ScriptRuntime) throws(ScriptThrow) -> ScriptValue {
        throw .error("k6/html is not there")
    }
}

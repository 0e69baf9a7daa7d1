import AssayCore
import AssayFormats

extension StepKind {
    /// `- metric: {…}` alone: nothing is asked, values are computed. Beside another kind `metric` records what that
    /// step was answered.
    static let metric = StepKind(keyword: "metric") { pair, _, _ in
        let first = pair.value.elements?.first ?? pair.value
        return (.metric, first["name"]?.scalarText ?? "metric")
    }
}

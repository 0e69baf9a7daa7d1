import AssayCore
import AssayFormats

extension StepKind {
    static let parallel = StepKind(keyword: "parallel") { pair, _, file in
        file.yaml.mapping(pair.value, "parallel step") { fields in
            let times = fields.required("times", file.count)
            let expectation = fields.optional("expect") {
                file.expectation($0, knowing: ["succeeded", "failed"], in: "parallel")
            }
            let name = fields.value("of")?.scalarText
            let steps = file.body(&fields)
            guard let times, let steps else { return nil }
            let action = ParallelAction(times: times, steps: steps, expectation: expectation ?? Expectation())
            return (.parallel(action), name.map { "parallel \($0)" } ?? "parallel")
        }
    }
}

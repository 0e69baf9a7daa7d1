import AssayCore
import AssayFormats

extension LoadSearch {
    var json: JSON {
        .object(
            JSONObject(sparse: [
                ("conditions", .array(conditions.map(JSON.string))),
                ("at-least", atLeast.map { JSON(number: $0) }), ("confirm", .int(Int64(confirm))),
                ("step-count", .int(Int64(stepCount))),
            ]))
    }

    init(_ fields: RecordFields) throws(RecordFault) {
        self.init(
            conditions: try fields.strings("conditions"), atLeast: try fields.optionalDouble("at-least"),
            confirm: try fields.int("confirm"), stepCount: try fields.int("step-count"))
    }
}

extension LoadStep {
    var json: JSON {
        .object(
            JSONObject(sparse: [
                ("type", "step"), ("number", .int(Int64(number))), ("load", JSON(number: load)),
                ("at", .int(atNanoseconds)), ("length", .int(lengthNanoseconds)),
                ("conditions", .array(conditions.map(\.json))), ("requests", JSON(count: requests)),
                ("failed", JSON(count: failed)), ("iterations", JSON(count: iterations)),
                ("failed-checks", JSON(count: failedChecks)), ("latency", latency.json),
                ("latency-metric", .string(latencyMetric)),
            ]))
    }

    init(_ fields: RecordFields) throws(RecordFault) {
        self.init(
            number: try fields.int("number"), load: try fields.double("load"),
            atNanoseconds: try fields.int64("at"), lengthNanoseconds: try fields.int64("length"),
            conditions: try fields.list("conditions") { part throws(RecordFault) in
                try ThresholdResult(part)
            },
            requests: try fields.uint64("requests"), failed: try fields.uint64("failed"),
            iterations: try fields.uint64("iterations"), failedChecks: try fields.uint64("failed-checks"),
            latency: try HistogramSnapshot(try fields.fields("latency")),
            latencyMetric: try fields.string("latency-metric"))
    }
}

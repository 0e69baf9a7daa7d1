import AssayCore
import AssayFormats

extension LoadPlan {
    var json: JSON {
        .object(
            JSONObject(sparse: [
                ("type", "plan"), ("model", .string(model.rawValue)),
                ("corners", Self.json(corners)),
                (
                    "scenarios",
                    .array(scenarios.map { ["name": .string($0.name), "weight": JSON(number: $0.weight)] })
                ),
                (
                    "steps",
                    .array(
                        steps.map {
                            .object(
                                JSONObject(sparse: [
                                    ("scenario", .string($0.scenario)), ("name", .string($0.name)),
                                    ("group", $0.group.map(JSON.string)),
                                ]))
                        })
                ),
                ("lag-bound", .int(lagBoundNanoseconds)), ("reactors", .int(Int64(reactors))),
                (
                    "calls",
                    calls.map {
                        [
                            "lateness-bound": .int($0.latenessBoundNanoseconds),
                            "scheduling": .string($0.scheduling),
                        ]
                    }
                ),
                ("schedules", schedules.isEmpty ? Optional<JSON>.none : JSON.array(schedules.map(Self.json))),
                ("scale", scale == 1 ? nil : JSON(number: scale)), ("search", search?.json),
            ]))
    }

    private static func json(_ corners: [Corner]) -> JSON {
        .array(corners.map { [.int($0.atNanoseconds), JSON(number: $0.value)] })
    }

    private static func json(_ schedule: Schedule) -> JSON {
        [
            "scenario": .string(schedule.scenario), "model": .string(schedule.model.rawValue),
            "start": .int(schedule.startNanoseconds), "corners": json(schedule.corners),
        ]
    }

    private static func corners(_ fields: RecordFields) throws(RecordFault) -> [Corner] {
        var corners: [Corner] = []
        for json in try fields.elements("corners") {
            guard let at = json[0]?.intValue, let value = json[1]?.recordNumber else {
                throw RecordFault(
                    member: fields.place("corners"), expected: "pairs [nanoseconds, value]")
            }
            corners.append(Corner(atNanoseconds: at, value: value))
        }
        return corners
    }

    init(_ fields: RecordFields) throws(RecordFault) {
        self.init(
            model: try fields.name("model"), corners: try Self.corners(fields),
            scenarios: try fields.list("scenarios") { part throws(RecordFault) in
                WeightedScenario(name: try part.string("name"), weight: try part.double("weight"))
            },
            steps: try fields.list("steps") { part throws(RecordFault) in
                StepName(
                    scenario: try part.string("scenario"), name: try part.string("name"),
                    group: try part.optionalString("group"))
            },
            lagBoundNanoseconds: try fields.int64("lag-bound"), reactors: try fields.int("reactors"),
            scale: try fields.optionalDouble("scale") ?? 1,
            search: try fields.optional("search") { part throws(RecordFault) in try LoadSearch(part) })
        if fields.has("schedules") {
            schedules = try fields.list("schedules") { part throws(RecordFault) in
                Schedule(
                    scenario: try part.string("scenario"), model: try part.name("model"),
                    startNanoseconds: try part.int64("start"), corners: try Self.corners(part))
            }
        }
        calls = try fields.optional("calls") { part throws(RecordFault) in
            Calls(
                latenessBoundNanoseconds: try part.int64("lateness-bound"),
                scheduling: try part.string("scheduling"))
        }
    }
}

extension Series {
    var json: JSON {
        .object(
            JSONObject(sparse: [
                ("type", "series"), ("metric", .string(metric)), ("kind", .string(kind.rawValue)),
                ("tags", .array(tags.map { [.string($0.key), .string($0.value)] })),
                ("unit", unit.map { .string($0.rawValue) }),
                ("scale", scale == 1 ? nil : JSON(number: scale)),
            ]))
    }

    init(_ fields: RecordFields) throws(RecordFault) {
        var tags: [Tag] = []
        for json in try fields.elements("tags") {
            guard let key = json[0]?.stringValue, let value = json[1]?.stringValue else {
                throw RecordFault(member: "tags", expected: "pairs [key, value]")
            }
            tags.append(Tag(key, value))
        }
        self.init(metric: try fields.string("metric"), kind: try fields.name("kind"), tags: tags)
        if fields.has("unit") { unit = try fields.name("unit") as Metric.Unit }
        scale = try fields.optionalDouble("scale") ?? 1
        guard scale > 0 else { throw RecordFault(member: "scale", expected: "more than 0") }
    }
}

extension HistogramSnapshot {
    var json: JSON {
        .object(
            JSONObject(sparse: [
                ("count", JSON(count: count)), ("sum", JSON(number: sum)), ("min", JSON(count: minimum)),
                ("max", JSON(count: maximum)),
                ("buckets", .array(buckets.map { [.int(Int64($0.index)), JSON(count: $0.count)] })),
            ]))
    }

    init(_ fields: RecordFields) throws(RecordFault) {
        var buckets: [Bucket] = []
        for json in try fields.elements("buckets") {
            guard let index = json[0]?.intValue, let count = json[1]?.recordCount,
                index >= 0, index < Int64(HistogramLayout.bucketCount), index > buckets.last?.index ?? -1
            else {
                throw RecordFault(
                    member: fields.place("buckets"), expected: "pairs [index, count] with rising indices")
            }
            buckets.append(Bucket(index: Int(index), count: count))
        }
        self.init(
            buckets: buckets, count: try fields.uint64("count"), sum: try fields.double("sum"),
            minimum: try fields.uint64("min"), maximum: try fields.uint64("max"))
    }
}

extension SeriesPoint {
    var json: JSON {
        let value: (String, JSON) =
            switch value {
            case .trend(let histogram): ("trend", histogram.json)
            case .counter(let count): ("counter", JSON(count: count))
            case .rate(let passed, let total): ("rate", [JSON(count: passed), JSON(count: total)])
            case .gauge(let value): ("gauge", JSON(number: value))
            }
        return .object(JSONObject([("series", .int(Int64(series))), value]))
    }

    init(_ fields: RecordFields) throws(RecordFault) {
        let value: Value
        if fields.has("trend") {
            value = .trend(try HistogramSnapshot(try fields.fields("trend")))
        } else if fields.has("counter") {
            value = .counter(try fields.uint64("counter"))
        } else if fields.has("rate") {
            let parts = try fields.elements("rate").map(\.recordCount)
            guard parts.count == 2, let passed = parts[0], let total = parts[1] else {
                throw RecordFault(member: fields.place("rate"), expected: "[passed, total]")
            }
            value = .rate(passed: passed, total: total)
        } else {
            value = .gauge(try fields.double("gauge"))
        }
        self.init(series: try fields.int("series"), value: value)
    }
}

extension Interval {
    var json: JSON {
        .object(
            JSONObject(sparse: [
                ("type", "interval"), ("at", .int(atNanoseconds)), ("length", .int(lengthNanoseconds)),
                ("points", .array(points.map(\.json))),
            ]))
    }

    init(_ fields: RecordFields) throws(RecordFault) {
        self.init(
            atNanoseconds: try fields.int64("at"), lengthNanoseconds: try fields.int64("length"),
            points: try fields.list("points") { point throws(RecordFault) in try SeriesPoint(point) })
    }
}

extension ThresholdResult {
    var json: JSON {
        .object(
            JSONObject(sparse: [
                ("type", "threshold"), ("text", .string(text)), ("status", .string(status.rawValue)),
                ("actual", actual.map { JSON(number: $0) }), ("limit", JSON(number: limit)),
                ("actual-text", .string(actualText)), ("limit-text", .string(limitText)),
                ("first-broken", firstBrokenAtNanoseconds.map(JSON.int)),
                ("broken-for", .int(brokenForNanoseconds)),
                ("aborted", aborted ? true : nil),
            ]))
    }

    init(_ fields: RecordFields) throws(RecordFault) {
        self.init(
            text: try fields.string("text"), status: try fields.name("status"),
            actual: try fields.optionalDouble("actual"), limit: try fields.double("limit"),
            actualText: try fields.string("actual-text"), limitText: try fields.string("limit-text"),
            firstBrokenAtNanoseconds: try fields.optionalInt64("first-broken"),
            brokenForNanoseconds: try fields.int64("broken-for"), aborted: try fields.flag("aborted"))
    }
}

extension FailureGroup {
    var json: JSON {
        .object(
            JSONObject(sparse: [
                ("type", "failure"), ("scenario", .string(scenario)), ("step", .string(step)),
                ("reason", .string(reason)), ("count", JSON(count: count)),
                ("first", .int(firstAtNanoseconds)),
                ("last", .int(lastAtNanoseconds)), ("sample", sample?.json),
                ("mismatches", .array(mismatches.map(\.json))),
            ]))
    }

    init(_ fields: RecordFields) throws(RecordFault) {
        self.init(
            scenario: try fields.string("scenario"), step: try fields.string("step"),
            reason: try fields.string("reason"), count: try fields.uint64("count"),
            firstAtNanoseconds: try fields.int64("first"), lastAtNanoseconds: try fields.int64("last"),
            sample: try fields.optional("sample") { part throws(RecordFault) in try ExchangeReport(part) },
            mismatches: try fields.list("mismatches") { part throws(RecordFault) in try Mismatch(part) })
    }
}

extension ExchangeSample {
    var json: JSON {
        [
            "type": "slow", "scenario": .string(scenario), "step": .string(step), "at": .int(atNanoseconds),
            "exchange": exchange.json,
        ]
    }

    init(_ fields: RecordFields) throws(RecordFault) {
        self.init(
            scenario: try fields.string("scenario"), step: try fields.string("step"),
            atNanoseconds: try fields.int64("at"), exchange: try ExchangeReport(try fields.fields("exchange"))
        )
    }
}

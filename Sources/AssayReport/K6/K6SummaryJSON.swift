internal import AssayCore
public import AssayFormats

extension K6Summary {
    /// What `handleSummary(data)` is given.
    public var data: JSON {
        var object = JSONObject()
        object["root_group"] = Self.json(of: root)
        object["options"] = .object(
            JSONObject([
                ("summaryTrendStats", .array(plan.trendStats.map { .string($0) })),
                ("summaryTimeUnit", .string(plan.timeUnit ?? "")), ("noColor", .bool(plan.noColor)),
            ]))
        object["state"] = .object(
            JSONObject([
                ("isStdOutTTY", .bool(plan.isStandardOutputTerminal)),
                ("isStdErrTTY", .bool(plan.isStandardErrorTerminal)),
                ("testRunDurationMs", JSON(k6Number: plan.duration.inSeconds * 1000)),
            ]))
        object["metrics"] = .object(JSONObject(metrics.map { ($0.name, $0.json) }))
        object["setup_data"] = plan.setupData
        return .object(object)
    }

    /// What `--summary-export` writes: an older form, in which a threshold is `true` when it is broken.
    public var exported: JSON {
        var object = JSONObject()
        object["root_group"] = Self.exported(root)
        object["metrics"] = .object(JSONObject(metrics.map { ($0.name, $0.exported) }))
        object["setup_data"] = plan.setupData
        return .object(object)
    }

    private static func json(of group: Group) -> JSON {
        .object(
            JSONObject([
                ("name", .string(group.name)), ("path", .string(group.path)),
                ("id", .string(K6Digest.hex(group.path))), ("groups", .array(group.groups.map(json))),
                ("checks", .array(group.checks.map(json))),
            ]))
    }

    private static func exported(_ group: Group) -> JSON {
        .object(
            JSONObject([
                ("name", .string(group.name)), ("path", .string(group.path)),
                ("id", .string(K6Digest.hex(group.path))),
                ("groups", .object(JSONObject(group.groups.map { ($0.name, exported($0)) }))),
                ("checks", .object(JSONObject(group.checks.map { ($0.name, json(of: $0)) }))),
            ]))
    }

    private static func json(of check: Check) -> JSON {
        .object(
            JSONObject([
                ("name", .string(check.name)), ("path", .string(check.path)),
                ("id", .string(K6Digest.hex(check.path))), ("passes", .int(Int64(check.passes))),
                ("fails", .int(Int64(check.fails))),
            ]))
    }
}

extension K6Summary.Figures {
    fileprivate var json: JSON {
        var object = JSONObject([
            ("type", .string(kind.rawValue)), ("contains", .string(contents.rawValue)),
            ("values", .object(JSONObject(values.map { ($0.name, JSON(k6Number: $0.value)) }))),
        ])
        if !thresholds.isEmpty {
            object["thresholds"] = .object(
                JSONObject(
                    thresholds.map { ($0.source, .object(JSONObject([("ok", .bool($0.holds))]))) }))
        }
        return .object(object)
    }

    /// The figures themselves, and whether each threshold is broken; the rate of a rate is its `value`.
    fileprivate var exported: JSON {
        var object = JSONObject(
            values.filter { kind != .rate || $0.name != "rate" }.map { ($0.name, JSON(k6Number: $0.value)) })
        if !thresholds.isEmpty {
            object["thresholds"] = .object(JSONObject(thresholds.map { ($0.source, .bool(!$0.holds)) }))
        }
        if kind == .rate { object["value"] = JSON(k6Number: self["rate"] ?? 0) }
        return .object(object)
    }
}

extension JSON {
    /// A number as scripts write it: whole ones without a point.
    init(k6Number number: Double) {
        if let whole = Int64(exactly: number) { self = .int(whole) } else { self = .double(number) }
    }
}

import AssayCore
import AssayFormats

extension CoverageResult {
    var json: JSON {
        .object(
            JSONObject(sparse: [
                ("type", "coverage"), ("component", .string(component)), ("status", .string(status.rawValue)),
                ("unit", .string(unit)), ("covered", .int(Int64(covered))), ("total", .int(Int64(total))),
                ("minimum", minimum.map { JSON(number: $0) }), ("location", location?.json),
                ("reason", reason.map(JSON.string)), ("files", .array(files.map(\.json))),
            ]))
    }

    init(_ fields: RecordFields) throws(RecordFault) {
        self.init(
            component: try fields.string("component"), status: try fields.name("status"),
            unit: try fields.string("unit"), covered: try fields.int("covered"),
            total: try fields.int("total"),
            minimum: try fields.optionalDouble("minimum"),
            location: fields.has("location") ? try fields.location("location") : nil,
            reason: try fields.optionalString("reason"),
            files: try fields.list("files") { file throws(RecordFault) in try File(file) })
    }
}

extension CoverageResult.File {
    fileprivate var json: JSON {
        .object(
            JSONObject(sparse: [
                ("path", .string(path)), ("covered", .int(Int64(covered))), ("total", .int(Int64(total))),
                (
                    "uncovered",
                    .array(
                        uncovered.map { .array([.int(Int64($0.lowerBound)), .int(Int64($0.upperBound))]) })
                ),
            ]))
    }

    fileprivate init(_ fields: RecordFields) throws(RecordFault) {
        var ranges: [ClosedRange<Int>] = []
        for json in try fields.elements("uncovered") {
            guard let first = json[0]?.intValue, let last = json[1]?.intValue, first <= last else {
                throw RecordFault(
                    member: fields.place("uncovered"), expected: "[first line, last line] pairs")
            }
            ranges.append(Int(first)...Int(last))
        }
        self.init(
            path: try fields.string("path"), covered: try fields.int("covered"),
            total: try fields.int("total"),
            uncovered: ranges)
    }
}

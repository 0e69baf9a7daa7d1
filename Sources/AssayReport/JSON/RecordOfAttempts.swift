import AssayCore
import AssayFormats

extension TestResult.LogTail {
    var json: JSON { ["service": .string(service), "lines": .array(lines.map(JSON.string))] }

    init(_ fields: RecordFields) throws(RecordFault) {
        self.init(service: try fields.string("service"), lines: try fields.strings("lines"))
    }
}

extension TestResult.Attempt {
    var json: JSON {
        .object(
            JSONObject(sparse: [
                ("status", .string(status.rawValue)), ("reason", reason.map(JSON.string)),
                ("at", .int(startedAtNanoseconds)), ("duration", .int(durationNanoseconds)),
                ("failure", failure?.json), ("logs", .array(logs.map(\.json))),
            ]))
    }

    init(_ fields: RecordFields) throws(RecordFault) {
        self.init(
            status: try fields.name("status"), reason: try fields.optionalString("reason"),
            startedAtNanoseconds: try fields.int64("at"), durationNanoseconds: try fields.int64("duration"),
            failure: try fields.optional("failure") { step throws(RecordFault) in try StepResult(step) },
            logs: try fields.list("logs") { log throws(RecordFault) in try TestResult.LogTail(log) })
    }
}

extension TestResult.Repetitions {
    var json: JSON {
        .object(
            JSONObject(sparse: [
                ("planned", .int(Int64(planned))), ("passed", .int(Int64(passed))),
                ("failed", .int(Int64(failed))),
                ("first-failure", firstFailure.map { .int(Int64($0)) }),
                ("total", .int(totalNanoseconds)), ("began", .int(beganAtNanoseconds)),
                ("ended", .int(endedAtNanoseconds)),
            ]))
    }

    init(_ fields: RecordFields) throws(RecordFault) {
        self.init(
            planned: try fields.int("planned"), beganAtNanoseconds: try fields.int64("began"),
            endedAtNanoseconds: try fields.int64("ended"))
        passed = try fields.int("passed")
        failed = try fields.int("failed")
        firstFailure = fields.has("first-failure") ? try fields.int("first-failure") : nil
        totalNanoseconds = try fields.int64("total")
    }
}

extension TestResult.Quarantine {
    var json: JSON {
        .object(
            JSONObject(sparse: [
                ("reason", .string(reason)), ("issue", issue.map(JSON.string)),
                ("until", until.map(JSON.string)),
            ]))
    }

    init(_ fields: RecordFields) throws(RecordFault) {
        self.init(
            reason: try fields.string("reason"), issue: try fields.optionalString("issue"),
            until: try fields.optionalString("until"))
    }
}

import AssayCore
import AssayFormats

extension SourceLocation {
    var json: JSON {
        .array([.string(file), .int(Int64(line)), .int(Int64(column)), .int(Int64(length))])
    }

    init(record json: JSON?, at member: String) throws(RecordFault) {
        guard let parts = json?.arrayValue, parts.count == 4, let file = parts[0].stringValue,
            let line = parts[1].intValue, let column = parts[2].intValue, let length = parts[3].intValue
        else { throw RecordFault(member: member, expected: "[file, line, column, length]") }
        self.init(file: file, line: Int(line), column: Int(column), length: Int(length))
    }
}

extension RecordFields {
    func location(_ key: String) throws(RecordFault) -> SourceLocation {
        try SourceLocation(record: .array(try elements(key)), at: place(key))
    }
}

extension TestResult {
    var json: JSON {
        .object(
            JSONObject(sparse: [
                ("type", "test"), ("level", .string(level)), ("scenario", .string(scenario)),
                ("case", caseName.map(JSON.string)), ("location", location.json),
                ("tags", .array(tags.map(JSON.string))), ("status", .string(status.rawValue)),
                ("reason", reason.map(JSON.string)), ("at", .int(startedAtNanoseconds)),
                ("duration", .int(durationNanoseconds)), ("steps", .array(steps.map(\.json))),
                ("logs", .array(logs.map(\.json))), ("attempts", .array(attempts.map(\.json))),
                ("repetitions", repetitions?.json), ("quarantine", quarantine?.json),
                ("recordings", recordings.isEmpty ? nil : .array(recordings.map(\.json))),
            ]))
    }

    init(_ fields: RecordFields) throws(RecordFault) {
        self.init(
            level: try fields.string("level"), scenario: try fields.string("scenario"),
            caseName: try fields.optionalString("case"), location: try fields.location("location"),
            tags: try fields.strings("tags"), status: try fields.name("status"),
            reason: try fields.optionalString("reason"), startedAtNanoseconds: try fields.int64("at"),
            durationNanoseconds: try fields.int64("duration"),
            steps: try fields.list("steps") { step throws(RecordFault) in try StepResult(step) },
            logs: try fields.list("logs") { log throws(RecordFault) in try LogTail(log) })
        attempts = try fields.list("attempts") { part throws(RecordFault) in try Attempt(part) }
        repetitions = try fields.optional("repetitions") { part throws(RecordFault) in
            try Repetitions(part)
        }
        recordings = try fields.list("recordings") { part throws(RecordFault) in
            try CallRecordingReport(part)
        }
        quarantine = try fields.optional("quarantine") { part throws(RecordFault) in try Quarantine(part) }
    }
}

extension StepResult {
    var json: JSON {
        .object(
            JSONObject(sparse: [
                ("name", .string(name)), ("kind", .string(kind)), ("location", location.json),
                ("status", .string(status.rawValue)), ("at", .int(startedAtNanoseconds)),
                ("duration", .int(durationNanoseconds)), ("exchange", exchange?.json),
                ("mismatches", .array(mismatches.map(\.json))), ("cleanup", isCleanup ? true : nil),
                ("attempts", attempts == 1 ? nil : .int(Int64(attempts))),
                ("steps", .array(children.map(\.json))),
            ]))
    }

    init(_ fields: RecordFields) throws(RecordFault) {
        self.init(
            name: try fields.string("name"), kind: try fields.string("kind"),
            location: try fields.location("location"), status: try fields.name("status"),
            startedAtNanoseconds: try fields.int64("at"), durationNanoseconds: try fields.int64("duration"),
            exchange: try fields.optional("exchange") { part throws(RecordFault) in try ExchangeReport(part)
            },
            mismatches: try fields.list("mismatches") { part throws(RecordFault) in try Mismatch(part) },
            isCleanup: try fields.flag("cleanup"),
            attempts: fields.has("attempts") ? try fields.int("attempts") : 1,
            children: try fields.list("steps") { step throws(RecordFault) in try StepResult(step) })
    }
}

extension CallRecordingReport {
    var json: JSON {
        .object(
            JSONObject(sparse: [
                ("call", .string(call)), ("path", .string(path)), ("length", .int(nanoseconds)),
                ("note", note.map(JSON.string)),
            ]))
    }

    init(_ fields: RecordFields) throws(RecordFault) {
        self.init(
            call: try fields.string("call"), path: try fields.string("path"),
            nanoseconds: try fields.int64("length"), note: try fields.optionalString("note"))
    }
}

extension ExchangeReport {
    var json: JSON {
        .object(
            JSONObject(sparse: [
                ("summary", .string(summary)), ("request", .string(request)), ("response", .string(response)),
                ("outcome", .string(outcome)), ("service", .int(serviceNanoseconds)),
                ("curl", curl.map(JSON.string)),
            ]))
    }

    init(_ fields: RecordFields) throws(RecordFault) {
        self.init(
            summary: try fields.string("summary"), request: try fields.string("request"),
            response: try fields.string("response"), outcome: try fields.string("outcome"),
            serviceNanoseconds: try fields.int64("service"), curl: try fields.optionalString("curl"))
    }
}

extension Mismatch {
    var json: JSON {
        .object(
            JSONObject(sparse: [
                ("subject", .string(subject)), ("expected", .string(expected)), ("actual", .string(actual)),
                ("diff", diff.map(JSON.string)), ("location", location?.json), ("contract", contract?.json),
            ]))
    }

    init(_ fields: RecordFields) throws(RecordFault) {
        self.init(
            subject: try fields.string("subject"), expected: try fields.string("expected"),
            actual: try fields.string("actual"), diff: try fields.optionalString("diff"),
            location: fields.has("location") ? try fields.location("location") : nil,
            contract: try fields.optional("contract") { part throws(RecordFault) in try ContractDrift(part) })
    }
}

extension ContractDrift {
    var json: JSON {
        .object(
            JSONObject(sparse: [
                ("rule", .string(rule)), ("side", .string(side.rawValue)), ("contract", .string(contract)),
                ("operation", operation.isEmpty ? nil : .string(operation)), ("culprit", .string(culprit)),
                ("schema", schemaPath.map(JSON.string)), ("location", location?.json),
                ("line", line.map(JSON.string)),
            ]))
    }

    init(_ fields: RecordFields) throws(RecordFault) {
        self.init(
            rule: try fields.string("rule"), side: try fields.name("side"),
            contract: try fields.string("contract"),
            operation: try fields.optionalString("operation") ?? "", culprit: try fields.string("culprit"),
            schemaPath: try fields.optionalString("schema"),
            location: fields.has("location") ? try fields.location("location") : nil,
            line: try fields.optionalString("line"))
    }
}

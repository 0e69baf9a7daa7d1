import AssayCore
import AssayFormats

extension RunHeader {
    var json: JSON {
        .object(
            JSONObject(sparse: [
                ("type", "header"), ("version", .int(Int64(RunRecord.version))),
                ("kind", .string(kind.rawValue)), ("project", .string(project)), ("name", .string(name)),
                ("started", .int(startedAtMilliseconds)),
                ("seed", .string(String(seed, radix: 16, uppercase: true))),
                ("assay", .string(assayVersion)), ("commit", commit.map(JSON.string)),
                (
                    "host",
                    [
                        "name": .string(host.name), "system": .string(host.system),
                        "cores": .int(Int64(host.cores)), "memory": .int(Int64(host.memoryBytes)),
                    ]
                ),
                ("segment", ["index": .int(Int64(segment.index)), "count": .int(Int64(segment.count))]),
                (
                    "stand",
                    .array(
                        stand.map {
                            [
                                "name": .string($0.name), "kind": .string($0.kind.rawValue),
                                "detail": .string($0.detail), "ready": .int($0.readyAfterNanoseconds),
                            ]
                        })
                ),
                ("command", .array(command.map(JSON.string))),
            ]))
    }

    init(_ fields: RecordFields) throws(RecordFault) {
        let host = try fields.fields("host")
        let segment = try fields.fields("segment")
        let (index, count) = (try segment.int("index"), try segment.int("count"))
        guard count > 0, index >= 0, index < count else {
            throw RecordFault(member: "segment", expected: "an index from 0 to below the count")
        }
        self.init(
            kind: try fields.name("kind"), project: try fields.string("project"),
            name: try fields.string("name"), startedAtMilliseconds: try fields.int64("started"),
            seed: try fields.hexadecimal("seed"), assayVersion: try fields.string("assay"),
            commit: try fields.optionalString("commit"),
            host: Host(
                name: try host.string("name"), system: try host.string("system"),
                cores: try host.int("cores"), memoryBytes: try host.int("memory")),
            segment: Segment(index: index, count: count),
            stand: try fields.list("stand") { member throws(RecordFault) in
                StandMember(
                    name: try member.string("name"), kind: try member.name("kind"),
                    detail: try member.string("detail"), readyAfterNanoseconds: try member.int64("ready"))
            },
            command: try fields.strings("command"))
    }
}

extension Note {
    var json: JSON {
        [
            "type": "note", "at": .int(atNanoseconds), "severity": .string(severity.rawValue),
            "text": .string(text),
        ]
    }

    init(_ fields: RecordFields) throws(RecordFault) {
        self.init(
            atNanoseconds: try fields.int64("at"), severity: try fields.name("severity"),
            text: try fields.string("text"))
    }
}

extension RunEnd {
    var json: JSON {
        .object(
            JSONObject(sparse: [
                ("type", "end"), ("verdict", .string(verdict.status.rawValue)),
                ("reasons", .array(verdict.reasons.map(JSON.string))),
                ("duration", .int(durationNanoseconds)),
                ("cpu", .int(cpuNanoseconds)), ("memory", .int(Int64(peakMemoryBytes))),
            ]))
    }

    init(_ fields: RecordFields) throws(RecordFault) {
        self.init(
            verdict: Verdict(try fields.name("verdict"), reasons: try fields.strings("reasons")),
            durationNanoseconds: try fields.int64("duration"), cpuNanoseconds: try fields.int64("cpu"),
            peakMemoryBytes: try fields.int("memory"))
    }
}

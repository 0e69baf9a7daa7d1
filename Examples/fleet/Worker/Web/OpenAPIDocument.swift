internal import AssayFormats
internal import FleetCore

/// The worker's addresses as an OpenAPI 3.1 document; kept in `contracts/worker/` and served at `/openapi.json`.
enum OpenAPIDocument {
    static let json: JSON = {
        var paths = JSONObject()
        for operation in Operation.all {
            var item = paths[operation.path]?.objectValue ?? JSONObject()
            item[operation.method.lowercased()] = operation.document
            paths[operation.path] = .object(item)
        }
        return [
            "openapi": "3.1.0",
            "info": [
                "title": "Fleet worker", "version": "1.0.0",
                "description": "Runs jobs for accounts, started here or pulled from the UI.",
            ],
            "paths": .object(paths), "components": ["schemas": .object(schemas)],
        ]
    }()

    private static var schemas: JSONObject {
        [
            "Health": object(
                [
                    ("status", ["const": "ok"]), ("worker_id", text),
                    ("contract", words(WireVersion.self)),
                    ("pid", ["type": "integer"]),
                ], required: ["status", "worker_id", "contract"]),
            "Document": object(
                [("openapi", text), ("info", ["type": "object"]), ("paths", ["type": "object"])],
                required: ["openapi", "info", "paths"]),
            "JobStatus": words(JobState.self),
            "JobRequest": ["oneOf": .array(JobType.allCases.map(request))],
            "Job": object(
                [
                    ("id", text), ("type", words(JobType.self)), ("status", reference("JobStatus")),
                    ("account_ids", list(of: text)), ("progress", reference("Progress")),
                    ("task_id", ["type": ["string", "null"]]), ("result", ["type": "object"]),
                    ("error_code", text), ("message", text),
                ], required: ["id", "type", "status", "account_ids", "progress", "task_id"]),
            "Progress": object([("done", count), ("total", count)], required: ["done", "total"]),
            "JobList": object([("jobs", list(of: reference("Job")))], required: ["jobs"]),
            "Pull": object([("pulling", ["type": "boolean"])], required: ["pulling"]),
            "Error": object(
                [
                    ("error", text), ("fields", ["type": "object", "additionalProperties": text]),
                    ("reason", text),
                ], required: ["error"]),
        ]
    }

    /// A request for a job of one type.
    private static func request(_ type: JobType) -> JSON {
        let accounts = list(of: name, most: JobType.mostAccounts)
        var members: [(String, JSON)] = [
            ("type", ["const": .string(type.rawValue)]), ("account_ids", accounts),
        ]
        var required = ["type", "account_ids"]
        switch type {
        case .bulk:
            members.append(
                (
                    "payload",
                    object(
                        [
                            ("media", list(of: name, most: JobType.mostTargets)),
                            ("per_account", ["type": "integer", "minimum": 1, "maximum": 10]),
                        ], required: ["media"])
                ))
        case .warmup:
            members.append(
                (
                    "payload",
                    object(
                        [
                            (
                                "actions",
                                ["type": "integer", "minimum": 1, "maximum": .int(JobType.mostActions)]
                            )
                        ], required: ["actions"])
                ))
        case .follow, .like:
            members.append(
                (
                    "payload",
                    object([("targets", list(of: name, most: JobType.mostTargets))], required: ["targets"])
                ))
        case .login: members.append(("payload", ["type": "object"]))
        }
        if type != .login { required.append("payload") }
        return object(members, required: required)
    }

    private static let text: JSON = ["type": "string"]
    private static let count: JSON = ["type": "integer", "minimum": 0]
    private static let name: JSON = [
        "type": "string", "minLength": 1, "maxLength": 64, "pattern": "^[A-Za-z0-9_.:-]+$",
    ]

    private static func list(of items: JSON, most: Int? = nil) -> JSON {
        guard let most else { return ["type": "array", "items": items] }
        return [
            "type": "array", "items": items, "minItems": 1, "maxItems": .int(Int64(most)),
            "uniqueItems": true,
        ]
    }

    private static func words<Word: RawRepresentable & CaseIterable>(_ type: Word.Type) -> JSON
    where Word.RawValue == String {
        ["type": "string", "enum": .array(type.allCases.map { .string($0.rawValue) })]
    }

    private static func reference(_ name: String) -> JSON {
        ["$ref": .string("#/components/schemas/\(name)")]
    }

    private static func object(_ members: [(String, JSON)], required: [String]) -> JSON {
        [
            "type": "object", "properties": .object(JSONObject(members)),
            "required": .array(required.map { .string($0) }),
        ]
    }
}

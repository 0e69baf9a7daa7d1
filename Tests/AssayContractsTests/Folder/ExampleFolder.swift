import AssayContracts
import AssayCore
import AssayFormats

/// A folder of contracts as tests use it.
enum ExampleFolder {
    static let manifest = """
        assay: 1
        contracts:
          ui-api:
            provider: ui
            consumers: [worker]
            ignore: ["/health", "/static/*"]
            routes:
              - on: {post: "/api/v1/tasks/{id}/status"}
                parameters: {id: integer}
                headers: {Authorization: {type: string, pattern: "^Bearer "}}
                request: status/update.schema.json
                answers:
                  200: status/updated.schema.json
                  400: common/error.schema.json
                  401: common/error.schema.json
                  204: none
              - on: {get: "/api/v1/tasks"}
                query: {limit?: {type: integer, minimum: 1}, state?: {enum: [new, done]}, tag?: {type: array, items: {type: string}}}
                answers: {200: {schema: any, headers: {X-Total: integer}}, 4XX: common/error.schema.json}
              - on: {get: "/api/v1/tasks/next"}
                answers: {200: any, default: any}
              - on: {get: "/api/v1/tasks/{id}"}
                answers: {200: any, 404: any}
          events:
            provider: worker
            direction: messages
            messages: {task-done: events/v1/done.schema.json}
        schemas:
          status: {compatibility: FULL}
          common: NONE
        """

    static let texts: [String: String] = [
        "contracts.yml": manifest,
        "status/v1/update.schema.json": #"{"type": "object", "required": ["status"]}"#,
        "status/v2/update.schema.json": """
        {
          "type": "object",
          "required": ["status", "at"],
          "properties": {
            "status": {"enum": ["running", "done"]},
            "at": {"type": "integer"},
            "by": {"$ref": "../../common/v1/person.schema.json"}
          }
        }
        """,
        "status/v1/updated.schema.json":
            #"{"type": "object", "required": ["ok"], "properties": {"ok": {"type": "boolean"}}}"#,
        "common/v1/error.schema.json": #"{"type": "object", "required": ["error"]}"#,
        "common/v1/person.schema.json": #"{"type": "object", "required": ["name"]}"#,
        "events/v1/done.schema.json": #"{"type": "object", "required": ["task"]}"#,
    ]

    /// The folder with some files in another form; those without text are not there.
    static func files(_ changes: [String: String?] = [:]) -> ContractFiles {
        var texts = texts
        for (name, text) in changes { texts[name] = text }
        return ContractFiles(texts: texts)
    }

    /// What reading and compiling say of it, each as `CODE line:column message (fix)`.
    static func problems(
        _ changes: [String: String?] = [:], uses: [ContractBook.Use] = []
    ) -> [String] {
        let bag = DiagnosticBag()
        let folder = ContractFolder.read(files(changes), bag)
        _ = ContractBook(folder.map { [$0] } ?? [], uses: uses, bag)
        return bag.all.map { problem in
            let place = problem.location.map { "\($0.line):\($0.column) " } ?? ""
            return "\(problem.code) \(place)\(problem.message)" + (problem.fix.map { " (\($0))" } ?? "")
        }
    }

    static func book(_ changes: [String: String?] = [:], uses: [ContractBook.Use] = []) -> ContractBook {
        let bag = DiagnosticBag()
        let folder = ContractFolder.read(files(changes), bag)
        return ContractBook(folder.map { [$0] } ?? [], uses: uses, bag)
    }
}

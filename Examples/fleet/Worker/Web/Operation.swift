internal import AssayFormats
internal import FleetCore

/// An address of the worker with what it takes and gives: routes and the OpenAPI document are made of the same table.
struct Operation: Sendable {
    struct Response: Sendable {
        var status: Int
        var description: String
        /// A name below `components/schemas`, or `nil` where the body is none of JSON.
        var schema: String?
        var type = "application/json"
    }

    var method: String
    var path: String
    /// `operationId`
    var id: String
    var summary: String
    /// Parameters of path and query, in OpenAPI's form.
    var parameters: [JSON] = []
    /// A name below `components/schemas`.
    var request: String?
    var responses: [Response]
    var answer: Router<Service>.Answer

    var document: JSON {
        var members: JSONObject = ["operationId": .string(id), "summary": .string(summary)]
        if !parameters.isEmpty { members["parameters"] = .array(parameters) }
        if let request {
            members["requestBody"] = [
                "required": true, "content": ["application/json": ["schema": Self.reference(request)]],
            ]
        }
        members["responses"] = .object(
            JSONObject(
                responses.map { response in
                    var content: JSONObject = ["description": .string(response.description)]
                    let schema = response.schema.map(Self.reference) ?? ["type": "string"]
                    content["content"] = .object(JSONObject([(response.type, .object(["schema": schema]))]))
                    return (String(response.status), .object(content))
                }))
        return .object(members)
    }

    private static func reference(_ name: String) -> JSON {
        ["$ref": .string("#/components/schemas/\(name)")]
    }
}

extension Operation.Response {
    static func json(_ status: Int, _ description: String, _ schema: String) -> Self {
        Self(status: status, description: description, schema: schema)
    }

    static let unknownJob = json(404, "There is no such job.", "Error")
}

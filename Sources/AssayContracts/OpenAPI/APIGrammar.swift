/// What an OpenAPI document is made of: each kind of object with its fields.
///
/// Sources: OpenAPI 3.0.4 §4.7, 3.1.1 §4.8.
enum APIGrammar {
    enum Kind: Sendable, Hashable {
        case document, info, contact, license, server, serverVariable, components, pathItem, operation
        case parameter, requestBody, media, encoding, response, example, link, header, tag, securityScheme
        case flows, flow, externalDocs
    }

    /// What stands in a field.
    indirect enum Rule: Sendable {
        /// A text that means something.
        case text
        /// A text for people; another scalar there is only worth a warning.
        case note
        case flag
        case any
        case schema
        case object(Kind)
        /// An object, or a `$ref` to one.
        case reference(Kind)
        case list(Rule)
        case map(Rule)
        /// A map whose names that begin with `x-` are extensions.
        case openMap(Rule)
    }

    enum Need: Sendable { case optional, recommended, required }

    struct Field: Sendable {
        var name: String
        var rule: Rule
        var need: Need

        init(_ name: String, _ rule: Rule, _ need: Need = .optional) {
            self.name = name
            self.rule = rule
            self.need = need
        }
    }

    /// For messages: `an operation`.
    static func name(of kind: Kind) -> String {
        switch kind {
        case .document: "the document"
        case .info: "'info'"
        case .contact: "a contact"
        case .license: "a licence"
        case .server: "a server"
        case .serverVariable: "a server variable"
        case .components: "'components'"
        case .pathItem: "a path"
        case .operation: "an operation"
        case .parameter: "a parameter"
        case .requestBody: "a request body"
        case .media: "a media type"
        case .encoding: "an encoding"
        case .response: "a response"
        case .example: "an example"
        case .link: "a link"
        case .header: "a header"
        case .tag: "a tag"
        case .securityScheme: "a security scheme"
        case .flows: "'flows'"
        case .flow: "a flow"
        case .externalDocs: "external documentation"
        }
    }

    static let methods = ["get", "put", "post", "delete", "options", "head", "patch", "trace"]

    static func fields(of kind: Kind) -> [Field] { table[kind] ?? [] }

    private static let security = Field("security", .list(.map(.list(.text))))
    private static let servers = Field("servers", .list(.object(.server)))
    private static let docs = Field("externalDocs", .object(.externalDocs))
    private static let description = Field("description", .note)
    private static let summary = Field("summary", .note)

    /// What parameters and headers have in common.
    private static let valued: [Field] = [
        description, Field("required", .flag), Field("deprecated", .flag), Field("allowEmptyValue", .flag),
        Field("style", .text), Field("explode", .flag), Field("allowReserved", .flag),
        Field("schema", .schema), Field("example", .any), Field("examples", .map(.reference(.example))),
        Field("content", .map(.reference(.media))),
    ]

    private static let table: [Kind: [Field]] = [
        .document: [
            Field("openapi", .text, .required), Field("info", .object(.info), .recommended),
            Field("jsonSchemaDialect", .text), servers, Field("paths", .openMap(.reference(.pathItem))),
            Field("webhooks", .map(.reference(.pathItem))), Field("components", .object(.components)),
            security, Field("tags", .list(.object(.tag))), docs,
        ],
        .info: [
            Field("title", .note, .recommended), summary, description, Field("termsOfService", .note),
            Field("contact", .object(.contact)), Field("license", .object(.license)),
            Field("version", .note, .recommended),
        ],
        .contact: [Field("name", .note), Field("url", .note), Field("email", .note)],
        .license: [Field("name", .note), Field("identifier", .note), Field("url", .note)],
        .server: [
            Field("url", .text, .required), description, Field("variables", .map(.object(.serverVariable))),
        ],
        .serverVariable: [Field("enum", .list(.note)), Field("default", .note, .recommended), description],
        .components: [
            Field("schemas", .map(.schema)), Field("responses", .map(.reference(.response))),
            Field("parameters", .map(.reference(.parameter))), Field("examples", .map(.reference(.example))),
            Field("requestBodies", .map(.reference(.requestBody))),
            Field("headers", .map(.reference(.header))),
            Field("securitySchemes", .map(.reference(.securityScheme))),
            Field("links", .map(.reference(.link))),
            Field("callbacks", .map(.openMap(.reference(.pathItem)))),
            Field("pathItems", .map(.reference(.pathItem))),
        ],
        .pathItem: [summary, description, servers, Field("parameters", .list(.reference(.parameter)))]
            + methods.map { Field($0, .object(.operation)) },
        .operation: [
            Field("tags", .list(.note)), summary, description, docs, Field("operationId", .text),
            Field("parameters", .list(.reference(.parameter))),
            Field("requestBody", .reference(.requestBody)),
            Field("responses", .openMap(.reference(.response)), .required),
            Field("callbacks", .map(.openMap(.reference(.pathItem)))), Field("deprecated", .flag), security,
            servers,
        ],
        .parameter: [Field("name", .text, .required), Field("in", .text, .required)] + valued,
        .header: valued,
        .requestBody: [
            description, Field("content", .map(.reference(.media)), .required), Field("required", .flag),
        ],
        .media: [
            Field("schema", .schema), Field("example", .any), Field("examples", .map(.reference(.example))),
            Field("encoding", .map(.object(.encoding))),
        ],
        .encoding: [
            Field("contentType", .text), Field("headers", .map(.reference(.header))), Field("style", .text),
            Field("explode", .flag), Field("allowReserved", .flag),
        ],
        .response: [
            description, Field("headers", .map(.reference(.header))),
            Field("content", .map(.reference(.media))), Field("links", .map(.reference(.link))),
        ],
        .example: [summary, description, Field("value", .any), Field("externalValue", .note)],
        .link: [
            Field("operationRef", .text), Field("operationId", .text), Field("parameters", .map(.any)),
            Field("requestBody", .any), description, Field("server", .object(.server)),
        ],
        .tag: [Field("name", .note, .recommended), description, docs],
        .securityScheme: [
            Field("type", .text, .required), description, Field("name", .text), Field("in", .text),
            Field("scheme", .text), Field("bearerFormat", .note), Field("flows", .object(.flows)),
            Field("openIdConnectUrl", .note),
        ],
        .flows: ["implicit", "password", "clientCredentials", "authorizationCode"].map {
            Field($0, .object(.flow))
        },
        .flow: [
            Field("authorizationUrl", .note), Field("tokenUrl", .note), Field("refreshUrl", .note),
            Field("scopes", .map(.note)),
        ],
        .externalDocs: [description, Field("url", .note)],
    ]
}

import AssayCore
import AssayFormats

/// What has to hold between the parts of a document.
struct APIChecks {
    private let reading: APIReading
    private let schemes: Set<String>

    init(_ reading: APIReading, schemes: [APISecurityScheme]) {
        self.reading = reading
        self.schemes = Set(schemes.map(\.name))
    }

    func check(_ operations: [APIOperation], _ webhooks: [APIOperation], _ document: APIPart) {
        checkPaths(document["paths"])
        for operation in operations { checkPathParameters(operation) }
        checkShapes(operations)
        checkNames(operations + webhooks)
        checkSecurity(document)
        for (_, item) in document["paths"]?.members ?? [] {
            guard let item = reading.resolve(item) else { continue }
            for (name, operation) in item.members where APIGrammar.methods.contains(name) {
                checkSecurity(operation)
            }
        }
    }

    // MARK: Paths

    private func checkPaths(_ paths: APIPart?) {
        for (path, item) in paths?.members ?? [] where !path.hasPrefix("x-") {
            let location = paths?.location(ofName: path) ?? item.location
            do {
                _ = try APIPathTemplate(path)
            } catch {
                reading.tell(
                    Diagnostic("AS149", "'\(path)' is no path: \(error.message)", at: location),
                    in: item.document)
                continue
            }
            guard path.contains("?") || path.contains("#") else { continue }
            reading.tell(
                Diagnostic(
                    "AS149", "'\(path)' has a query or fragment: no request has this path", at: location,
                    fix: "describe the query with parameters", severity: .warning), in: item.document)
        }
    }

    private func checkPathParameters(_ operation: APIOperation) {
        guard let template = try? APIPathTemplate(operation.path) else { return }
        let described = operation.parameters.filter { $0.place == .path }
        for parameter in described where !template.names.contains(parameter.name) {
            warn(
                "AS150",
                "'\(operation.path)' has no '{\(parameter.name)}', and \(operation.method) has a path parameter"
                    + " of that name", at: parameter.location, of: parameter.pointer,
                fix: nearestName(to: parameter.name, among: template.names).map { "did you mean '\($0)'?" })
        }
        for name in template.names where !described.contains(where: { $0.name == name }) {
            warn(
                "AS150", "\(operation.name) has no path parameter '\(name)'", at: operation.location,
                of: operation.pointer,
                fix: "add `{name: \(name), in: path, required: true, schema: {type: string}}`")
        }
    }

    /// Two paths that the same requests go to.
    private func checkShapes(_ operations: [APIOperation]) {
        var seen: [String: APIOperation] = [:]
        for operation in operations {
            guard let template = try? APIPathTemplate(operation.path) else { continue }
            let shape = template.shape.map { pieces in
                pieces.map { if case .literal(let word) = $0 { JSONPointer.escaped(word) } else { "{}" } }
                    .joined()
            }
            let key = operation.method + " /" + shape.joined(separator: "/")
            guard let first = seen[key] else {
                seen[key] = operation
                continue
            }
            warn(
                "AS151",
                "the same requests go to \(operation.name) and \(first.name): the first one counts",
                at: operation.location, of: operation.pointer)
        }
    }

    private func checkNames(_ operations: [APIOperation]) {
        var seen: [String: APIOperation] = [:]
        for operation in operations {
            guard let id = operation.id else { continue }
            guard let first = seen[id] else {
                seen[id] = operation
                continue
            }
            warn(
                "AS152", "operationId '\(id)' is that of \(first.name) too, and here of \(operation.name)",
                at: operation.location, of: operation.pointer)
        }
    }

    private func warn(
        _ code: DiagnosticCode, _ message: String, at location: SourceLocation, of pointer: String,
        fix: String? = nil
    ) {
        let document = reading.sources.split(pointer)?.document ?? reading.sources.first
        reading.tell(Diagnostic(code, message, at: location, fix: fix, severity: .warning), in: document)
    }

    private func checkSecurity(_ part: APIPart) {
        for requirement in part["security"]?.elements ?? [] {
            for (name, place) in requirement.members where !schemes.contains(name) {
                let near = nearestName(to: name, among: schemes.sorted())
                warn(
                    "AS156", "there is no security scheme '\(name)' in 'components'",
                    at: requirement.location(ofName: name) ?? place.location, of: place.place,
                    fix: near.map { "did you mean '\($0)'?" })
            }
        }
    }

    // MARK: Examples

    /// Examples of bodies and responses that are not what their schema says.
    func checkExamples(_ operations: [APIOperation], _ schemas: APISchemas) {
        for operation in operations {
            for parameter in operation.parameters where parameter.contentType == nil {
                check(parameter.examples, schemas[.request, parameter.schemaPointer])
            }
            for media in operation.body?.media ?? [] where isJudged(media) {
                check(media.examples, schemas[.request, media.schemaPointer])
            }
            for response in operation.responses {
                for media in response.media where isJudged(media) {
                    check(media.examples, schemas[.response, media.schemaPointer])
                }
                for header in response.headers where header.contentType == nil {
                    check(header.examples, schemas[.response, header.schemaPointer])
                }
            }
        }
    }

    /// Examples of other types are texts of those types.
    private func isJudged(_ media: APIMedia) -> Bool { MediaType(media.type)?.isJSON ?? false }

    private func check(_ examples: [APIExample], _ schema: JSONSchema?) {
        guard let schema else { return }
        for example in examples {
            guard let problem = schema.violations(of: example.value, limit: 1).first else { continue }
            warn(
                "AS155",
                "the example\(example.name.map { " '\($0)'" } ?? "") is not as its schema says: "
                    + "\(problem.instancePath): expected \(problem.expected), found \(problem.actual)",
                at: example.location, of: example.pointer, fix: "mend the example or the schema")
        }
    }
}

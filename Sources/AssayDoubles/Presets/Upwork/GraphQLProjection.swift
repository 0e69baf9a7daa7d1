internal import AssayFormats

/// Takes of values what a document selects: aliases, fragments, `@include` and `@skip`, as a server without a schema can.
struct GraphQLProjection {
    let fragments: [String: GraphQLDocument.Fragment]
    let variables: JSONObject
    /// Whether a field that a value does not have is an error; null otherwise.
    let refusesUnknown: Bool
    /// Members made so far: selections of fragments in fragments multiply.
    private var made = 0
    private static let limit = 200_000
    private static let depthLimit = 60

    init(fragments: [String: GraphQLDocument.Fragment], variables: JSONObject, refusesUnknown: Bool) {
        self.fragments = fragments
        self.variables = variables
        self.refusesUnknown = refusesUnknown
    }

    /// The fields that selections ask of an object of a type, fragments put in their places.
    func fields(
        _ selections: [GraphQLDocument.Selection], of type: String?, depth: Int = 0
    ) throws(GraphQLError) -> [GraphQLDocument.Field] {
        guard depth < Self.depthLimit else {
            throw GraphQLError("Validation error : fragments lead in a circle")
        }
        var fields: [GraphQLDocument.Field] = []
        for selection in selections {
            switch selection {
            case .field(let field): if try includes(field.directives) { fields.append(field) }
            case .inline(let on, let directives, let inner):
                guard try includes(directives), on == nil || type == nil || on == type else { continue }
                fields += try self.fields(inner, of: type, depth: depth + 1)
            case .spread(let name, let directives, let place):
                guard let fragment = fragments[name] else {
                    throw GraphQLError(
                        "Validation error (UndefinedFragment) : Undefined fragment '\(name)'", at: place)
                }
                guard try includes(directives), type == nil || fragment.on == type else { continue }
                fields += try self.fields(fragment.selections, of: type, depth: depth + 1)
            }
            guard fields.count <= 5000 else { throw GraphQLError("the document selects too many fields") }
        }
        return fields
    }

    private func includes(_ directives: [GraphQLDocument.Directive]) throws(GraphQLError) -> Bool {
        for directive in directives {
            let condition = directive.arguments.first { $0.name == "if" }?.value.value(variables)
            switch directive.name {
            case "include": if condition != true { return false }
            case "skip": if condition == true { return false }
            default:
                throw GraphQLError(
                    "Validation error (UnknownDirective) : Unknown directive '\(directive.name)'")
            }
        }
        return true
    }

    /// What of a value a field's selections take; the whole of it when there are none.
    mutating func project(
        _ value: JSON, _ field: GraphQLDocument.Field, depth: Int = 0
    ) throws(GraphQLError) -> JSON {
        made += 1
        guard made < Self.limit, depth < Self.depthLimit else {
            throw GraphQLError("the answer is larger than this double makes one", at: field.place)
        }
        switch value {
        case .array(let elements):
            var projected: [JSON] = []
            for element in elements { projected.append(try project(element, field, depth: depth + 1)) }
            return .array(projected)
        case .object(let object):
            let type = object["__typename"]?.stringValue
            guard !field.selections.isEmpty else {
                throw GraphQLError(
                    "Validation error (SubselectionRequired@[\(field.name)]) : Subselection required for type "
                        + "'\(type ?? "Object")' of field '\(field.name)'", at: field.place)
            }
            var projected = JSONObject()
            for inner in try fields(field.selections, of: type) {
                guard let member = object[inner.name] else {
                    guard refusesUnknown else {
                        projected[inner.key] = .null
                        continue
                    }
                    throw GraphQLError(
                        "Validation error (FieldUndefined@[\(inner.name)]) : Field '\(inner.name)' in type "
                            + "'\(type ?? field.name)' is undefined", at: inner.place)
                }
                projected[inner.key] = try project(member, inner, depth: depth + 1)
            }
            return .object(projected)
        default: return value
        }
    }
}

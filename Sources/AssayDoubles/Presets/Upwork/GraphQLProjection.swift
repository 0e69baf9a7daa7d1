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
    mutating func fields(
        _ selections: [GraphQLDocument.Selection], of type: String?, depth: Int = 0
    ) throws(GraphQLError) -> [GraphQLDocument.Field] {
        guard depth < Self.depthLimit else {
            throw GraphQLError("Validation error : fragments lead in a circle")
        }
        var fields: [GraphQLDocument.Field] = []
        for selection in selections {
            made += 1
            guard made < Self.limit else { throw GraphQLError("the document selects too many fields") }
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
                projected.merge(try project(member, inner, depth: depth + 1), at: inner.key)
            }
            return .object(projected)
        default: return value
        }
    }
}

extension JSONObject {
    /// Sets a member; what one selection took of an object is put together with what another took of it
    /// (GraphQL October 2021, §6.4.3).
    mutating func merge(_ value: JSON, at key: String) {
        self[key] = self[key].map { Self.merged($0, value) } ?? value
    }

    private static func merged(_ left: JSON, _ right: JSON) -> JSON {
        switch (left, right) {
        case (.object(var all), .object(let more)):
            for (key, value) in more { all.merge(value, at: key) }
            return .object(all)
        case (.array(let left), .array(let right)) where left.count == right.count:
            return .array(zip(left, right).map { merged($0, $1) })
        default: return right
        }
    }
}

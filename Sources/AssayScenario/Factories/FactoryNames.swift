import AssayCore
import AssayFormats

extension Factory.Field {
    /// A column that only the database has a value for.
    static func placeholder(_ name: String, _ location: SourceLocation) -> Factory.Field {
        Factory.Field(name: name, rule: .value(.literal(.null)), location: location)
    }
}

extension FieldRule {
    /// Everything that it may read.
    var computed: Computed {
        var computed = Computed()
        for value in values { computed.add(value) }
        if case .condition(let condition, _, _) = self { computed.expressions.append(condition) }
        return computed
    }
}

extension Expression {
    /// `id` of `sword.id.x`.
    var firstMember: String? {
        switch self {
        case .member(.name, let key): key
        case .index(.name, .literal(.string(let key))): key
        case .member(let base, _), .index(let base, _): base.firstMember
        default: nil
        }
    }
}

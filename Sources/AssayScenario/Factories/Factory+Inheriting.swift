import AssayFormats

extension Factory {
    /// Takes over what it does not say itself.
    mutating func inherit(_ base: Factory, keepsKey: Bool, keepsReturning: Bool) {
        if table == nil || table == base.table { counter = base.counter }
        table = table ?? base.table
        database = database ?? base.database
        if !keepsKey { key = base.key }
        if !keepsReturning { returning = base.returning }
        // What was a parameter may become a field, and the other way round.
        let (own, ownParameters) = (Set(fields.map(\.name)), Set(parameters.map(\.name)))
        fields = base.fields.filter { !ownParameters.contains($0.name) }.replaced(by: fields)
        parameters = base.parameters.filter { !own.contains($0.name) }.replaced(by: parameters)
        traits = base.traits.filter { old in !traits.contains { $0.name == old.name } } + traits
        after = base.after + after
    }
}

extension [Factory.Field] {
    /// These, others of the same name in their places, further ones behind.
    fileprivate func replaced(by others: [Factory.Field]) -> [Factory.Field] {
        let kept = map { own in others.last { $0.name == own.name } ?? own }
        return kept + others.filter { other in !contains { $0.name == other.name } }
    }
}

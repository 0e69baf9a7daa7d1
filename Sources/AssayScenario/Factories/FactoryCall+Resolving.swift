import AssayCore
public import AssayFormats

extension FactoryCall {
    /// Most records that one call makes; they are held in memory.
    static let countLimit = 100_000

    /// Everything that is computed where the call stands.
    var values: [ValueTemplate] {
        var values = overrides.flatMap(\.values)
        switch count {
        case .one: break
        case .times(let value), .list(let value): values.append(value)
        case .rows(let rows): values += rows.flatMap { $0.flatMap(\.values) }
        }
        return values
    }

    /// The overrides of each record with everything computed that is computed where the call stands.
    ///
    /// - Parameter evaluate: gives a template its value; is told the place of the record among those of the call, from
    ///   0, which is `${index}`.
    public func records(
        _ evaluate: (ValueTemplate, _ index: Int) throws(TemplateError) -> JSON
    ) throws(TemplateError) -> FactoryRecords {
        var records: [[Override]] = []
        switch count {
        case .one:
            records.append(try overrides.resolved { value throws(TemplateError) in try evaluate(value, 0) })
        case .times(let value):
            let times = try Self.count(try evaluate(value, 0), at: location)
            for index in 0..<times {
                records.append(
                    try overrides.resolved { value throws(TemplateError) in try evaluate(value, index) })
            }
        case .rows(let rows):
            for (index, row) in rows.enumerated() {
                records.append(
                    try overrides.under(row).resolved { value throws(TemplateError) in
                        try evaluate(value, index)
                    })
            }
        case .list(let value):
            for (index, row) in try Self.rows(try evaluate(value, 0), at: location).enumerated() {
                let given = row.map { member in
                    Override(name: member.key, location: location, value: .value(.literal(member.value)))
                }
                records.append(
                    try overrides.under(given).resolved { value throws(TemplateError) in
                        try evaluate(value, index)
                    })
            }
        }
        return FactoryRecords(
            factory: factory, location: location, traits: traits, overrides: records, isList: isList)
    }

    private static func count(_ value: JSON, at location: SourceLocation) throws(TemplateError) -> Int {
        guard let count = value.intValue, (0...Int64(countLimit)).contains(count) else {
            throw TemplateError(
                "AS057", "`count` needs a whole number from 0 to \(countLimit), found \(value.rendered())",
                at: location)
        }
        return Int(count)
    }

    private static func rows(_ value: JSON, at location: SourceLocation) throws(TemplateError) -> [JSONObject]
    {
        guard let elements = value.arrayValue, elements.count <= countLimit else {
            throw TemplateError(
                "AS057", "`each` needs a list of at most \(countLimit) objects, found \(value.typeName)",
                at: location)
        }
        var rows: [JSONObject] = []
        for element in elements {
            guard let row = element.objectValue else {
                throw TemplateError(
                    "AS057", "`each` needs a list of objects, found \(element.typeName) in it", at: location)
            }
            rows.append(row)
        }
        return rows
    }
}

/// Records to be made, with overrides in which nothing is left to compute.
public struct FactoryRecords: Sendable {
    var factory: String
    var location: SourceLocation
    var traits: [TraitName]
    /// One a record.
    var overrides: [[Override]]
    /// Whether a list was asked for.
    var isList: Bool
}

extension Override {
    var values: [ValueTemplate] {
        switch value {
        case .value(let value): [value]
        case .members(let members): members.flatMap(\.values)
        case .rule(let rule): rule.values
        }
    }

    fileprivate func resolved(
        _ evaluate: (ValueTemplate) throws(TemplateError) -> JSON
    ) throws(TemplateError) -> Override {
        var result = self
        switch value {
        case .value(let value): result.value = .value(.literal(try evaluate(value)))
        case .members(let members): result.value = .members(try members.resolved(evaluate))
        case .rule(let rule): result.value = .rule(try rule.resolved(evaluate))
        }
        return result
    }
}

extension [Override] {
    fileprivate func resolved(
        _ evaluate: (ValueTemplate) throws(TemplateError) -> JSON
    ) throws(TemplateError) -> [Override] {
        var result: [Override] = []
        for override in self { result.append(try override.resolved(evaluate)) }
        return result
    }

    /// These and others, which go before; overrides of the same related record are joined.
    func under(_ others: [Override]) -> [Override] {
        var result = self
        for other in others {
            guard let place = result.firstIndex(where: { $0.name == other.name }) else {
                result.append(other)
                continue
            }
            if case .members(let own) = result[place].value, case .members(let more) = other.value {
                result[place].value = .members(own.under(more))
            } else {
                result[place] = other
            }
        }
        return result
    }
}

extension FieldRule {
    /// Everything in it that is computed.
    var values: [ValueTemplate] {
        switch self {
        case .value(let value): [value]
        case .sequence, .taken, .reference: []
        case .cycle(let values), .oneOf(let values): values
        case .condition(_, let then, let otherwise): [then, otherwise]
        case .related(let call, _): call.values
        }
    }

    /// The rule for use in another record: what it computes is computed here and now.
    fileprivate func resolved(
        _ evaluate: (ValueTemplate) throws(TemplateError) -> JSON
    ) throws(TemplateError) -> FieldRule {
        func literals(_ values: [ValueTemplate]) throws(TemplateError) -> [ValueTemplate] {
            var result: [ValueTemplate] = []
            for value in values { result.append(.literal(try evaluate(value))) }
            return result
        }
        switch self {
        case .sequence, .taken, .reference: return self
        case .value(let value): return .value(.literal(try evaluate(value)))
        case .cycle(let values): return .cycle(try literals(values))
        case .oneOf(let values): return .oneOf(try literals(values))
        case .condition(let condition, let then, let otherwise):
            let whole = Template(
                source: "", location: SourceLocation(file: "", line: 1, column: 1),
                segments: [.expression(condition)])
            let holds = try evaluate(.template(whole)).isTrue
            return .value(.literal(try evaluate(holds ? then : otherwise)))
        case .related(let call, let take):
            var call = call
            call.overrides = try call.overrides.resolved(evaluate)
            switch call.count {
            case .one: break
            case .times(let value): call.count = .times(.literal(try evaluate(value)))
            case .list(let value): call.count = .list(.literal(try evaluate(value)))
            case .rows(let rows):
                var resolved: [[Override]] = []
                for row in rows { resolved.append(try row.resolved(evaluate)) }
                call.count = .rows(resolved)
            }
            return .related(call, take: take)
        }
    }
}

// MARK: constants

extension FactoryCall {
    /// The call with its values replaced, like ones in which constants are filled in.
    public func folded(_ fold: (ValueTemplate) -> ValueTemplate) -> FactoryCall {
        var call = self
        call.overrides = overrides.map { $0.folded(fold) }
        switch count {
        case .one: break
        case .times(let value): call.count = .times(fold(value))
        case .list(let value): call.count = .list(fold(value))
        case .rows(let rows): call.count = .rows(rows.map { $0.map { $0.folded(fold) } })
        }
        return call
    }
}

extension Override {
    fileprivate func folded(_ fold: (ValueTemplate) -> ValueTemplate) -> Override {
        var result = self
        switch value {
        case .value(let value): result.value = .value(fold(value))
        case .members(let members): result.value = .members(members.map { $0.folded(fold) })
        case .rule: break  // evaluated with the constants at hand
        }
        return result
    }
}

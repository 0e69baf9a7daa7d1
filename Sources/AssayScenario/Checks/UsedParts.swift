import AssayFormats

extension Scenario {
    /// Names that the scenario may read from the stand: what its steps are `on`, where the rows of its records go, and
    /// whatever its templates begin with.
    ///
    /// - Parameter factories: of the project.
    public func usedParts(_ factories: FactorySet) -> Set<String> {
        var names: Set<String> = []
        for variable in variables {
            names.formUnion(variable.value.templates.flatMap(\.freeNames).map(\.name))
        }
        for parameter in parameters {
            names.formUnion((parameter.standard?.templates ?? []).flatMap(\.freeNames).map(\.name))
        }
        for row in cases { names.formUnion(row.values.templates.flatMap(\.freeNames).map(\.name)) }
        names.formUnion(http.templates.flatMap(\.freeNames).map(\.name))
        names.formUnion(seriesTags.names)
        Self.collect(steps, factories, into: &names)
        return names
    }

    private static func collect(_ steps: [Step], _ factories: FactorySet, into names: inout Set<String>) {
        for step in steps {
            var computed = Computed()
            computed.add(step.action)
            computed.add(step.expectation)
            computed.add(step.captures)
            computed.add(step.seriesTags)
            computed.add(step.metrics)
            names.formUnion(computed.reads.map(\.name))
            switch step.action {
            case .sql(let action): names.formUnion(action.choice?.names ?? [action.on])
            case .redis(let action): names.formUnion(action.choice?.names ?? [action.on])
            case .log(let action): names.insert(action.of)
            case .double(let action): names.insert(action.of)
            case .use(let action): names.formUnion(action.scenario.usedParts(factories))
            case .factory(let action): names.formUnion(factories.databases(of: action))
            case .fixture(let action): names.formUnion(factories.databases(of: action))
            case .truncate(let action): if let on = action.on { names.insert(on) }
            default: break
            }
            collect(step.inner + step.cleanup, factories, into: &names)
        }
    }
}

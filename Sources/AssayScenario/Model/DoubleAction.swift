public import AssayCore
public import AssayFormats

/// Something of a double: what it was asked since the scenario began, or a change of how it answers.
public struct DoubleAction: Sendable {
    public enum Wish: Sendable {
        case asked(Asked)
        /// Back to how it was after its start: state, switches, faults, time and journal.
        case reset
        /// Its time moves on, like for tokens and keys that lapse.
        case travel(Template)
        /// Members are the names of switches of a preset.
        case switches(ValueTemplate)
        /// A list of faults as in the double's own file; an empty one ends all.
        case faults(ValueTemplate)
    }

    /// A request that the double must have been sent.
    public struct Asked: Sendable {
        public var request: WantedRequest<ValueTemplate>
        /// How often; at least once unless said.
        public var times: Matcher<ValueTemplate>
        /// How long to wait for it.
        public var within: Duration
    }

    public var of: String
    public var ofLocation: SourceLocation
    public var wish: Wish

    /// What it computes when it runs.
    public var templates: [Template] {
        switch wish {
        case .asked(let asked):
            var found = asked.request.templates
            _ = asked.times.map { (value: ValueTemplate) -> ValueTemplate in
                found += value.templates
                return value
            }
            return found
        case .reset: return []
        case .travel(let time): return [time]
        case .switches(let value), .faults(let value): return value.templates
        }
    }

    /// The same with every value changed, like when a run is planned.
    public func mapped(
        _ template: (Template) -> Template, _ value: (ValueTemplate) -> ValueTemplate
    ) -> DoubleAction {
        var result = self
        switch wish {
        case .asked(var asked):
            asked.request = asked.request.mapped(template, value)
            asked.times = asked.times.map(value)
            result.wish = .asked(asked)
        case .reset: break
        case .travel(let time): result.wish = .travel(template(time))
        case .switches(let wanted): result.wish = .switches(value(wanted))
        case .faults(let wanted): result.wish = .faults(value(wanted))
        }
        return result
    }
}

internal import AssayCore
internal import AssayFormats
internal import AssayScenario

extension Planner {
    /// Tags with their templates made ready.
    func planned(_ tags: [SeriesTag], _ names: NameTable) -> [PlannedTag] {
        tags.map { PlannedTag(key: $0.key, value: fold($0.value, names), names: names) }
    }

    /// The groups around what is planned now: `checkout/pay`.
    var group: String? { openGroups.isEmpty ? nil : openGroups.joined(separator: "/") }

    /// What is on the series of what is planned now: the narrowest tag of each key, apart by whether its value is known.
    var seriesTags: (constant: [Series.Tag], computed: [PlannedTag]) {
        var constant = group.map { [Series.Tag("group", $0)] } ?? []
        var computed: [PlannedTag] = []
        for (place, tag) in openTags.enumerated()
        where !openTags[(place + 1)...].contains(where: { $0.key == tag.key }) {
            if let text = tag.value.constantText {
                constant.append(Series.Tag(tag.key, text.asTag))
            } else {
                computed.append(tag)
            }
        }
        return (constant, computed)
    }

    /// The method is a tag of a request's series.
    func method(of action: Action) -> [Series.Tag] {
        if case .http(let http) = action { [Series.Tag("method", http.method)] } else { [] }
    }

    /// One of the user's own metrics, with a series for it where the step stands.
    mutating func plan(
        _ own: OwnMetric, of step: Step, _ tags: [Series.Tag], _ names: NameTable
    ) -> PlannedMetric {
        let value: PlannedMetric.Value
        switch own.value {
        case .computed(let template):
            let folded = fold(template, names)
            value = folded.constantValue.map { .constant($0) } ?? .computed(folded)
        case .taken(let source):
            let capture = Capture(name: own.metric.name, source: source, location: own.location)
            if case .jsonPath(.fixed(let fixed, _)) = source, let path = fixed.compiled {
                value = .path(path, capture)
            } else {
                value = .taken(capture)
            }
        }
        let named = [Series.Tag("name", step.name), Series.Tag("scenario", scenario)]
        ownSeries.append(Series(own.metric, tags: named + tags))
        return PlannedMetric(own: own, place: ownSeries.count - 1, value: value)
    }

    mutating func plan(_ action: GroupAction, _ names: NameTable) -> PlannedGroup {
        openGroups.append(action.name)
        let tags = [Series.Tag("scenario", scenario)] + seriesTags.constant
        ownSeries.append(Series(metric: "group.duration", kind: .trend, tags: tags))
        let place = ownSeries.count - 1
        let steps = plan(action.steps, names)
        openGroups.removeLast()
        return PlannedGroup(steps: steps, place: place)
    }
}

extension String {
    /// As the value of a tag: of bounded length.
    var asTag: String { count <= 200 ? self : String(prefix(199)) + "…" }
}

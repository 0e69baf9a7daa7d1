internal import AssayCore

/// Steps whose tags are computed, and requests that thresholds choose by their status: what each is measured in is made
/// when it first comes up.
extension Meter {
    /// The step as it is measured with these values of its computed tags.
    ///
    /// Made when they are first seen, as long as there is room for more series.
    func variant(of step: PlannedStep, _ values: [String]) -> PlannedStep {
        let id = ObjectIdentifier(step)
        if let known = variants[VariantKey(step: id, values: values)] { return known }
        let full = layout.fullMetric(row: step.row, checks: step.checks.map(\.index), own: step.ownPlaces)
        let count = variantCounts[id, default: 0]
        guard full == nil, count < layout.seriesLimit else {
            let metric = full ?? step.ownPlaces.first.map { layout.series[layout.ownSeries[$0]].metric }
            note(SeriesOverflow(metric: metric ?? "checks", tags: step.tags.map(\.key)))
            let rest = VariantKey(step: id, values: [])
            if let known = variants[rest] { return known }
            let made = makeVariant(of: step, step.tags.map { _ in MeterLayout.standIn })
            variants[rest] = made
            return made
        }
        let made = makeVariant(of: step, values)
        variants[VariantKey(step: id, values: values)] = made
        variantCounts[id] = count + 1
        return made
    }

    /// Each metric and set of tags is told of once.
    func note(_ overflow: SeriesOverflow) {
        if !overflows.contains(overflow) { overflows.append(overflow) }
    }

    private func makeVariant(of step: PlannedStep, _ values: [String]) -> PlannedStep {
        let tags = zip(step.tags, values).map { Series.Tag($0.key, $1) }
        let row = step.row.map { addRow(like: $0, tags) }
        return step.variant(
            row: row,
            check: { check in
                checks.append((0, 0))
                return layout.addCheck(like: check, tags: tags)
            },
            own: { place in
                own.add(layout.series[layout.ownSeries[place]].kind)
                return layout.addOwn(like: place, tags: tags)
            })
    }

    /// Where requests with a status are measured, when thresholds choose among more than their number by it.
    func row(_ place: Int, ofStatus code: Int) -> Int {
        let key = StatusKey(row: place, code: code)
        if let known = statusRows[key] { return known }
        var tag = StatusCounts.tag(code)
        if let full = layout.fullMetric(row: place, checks: [], own: []) {
            note(SeriesOverflow(metric: full, tags: [tag.key]))
            let rest = StatusKey(row: place, code: .max)
            if let known = statusRows[rest] { return known }
            tag.value = MeterLayout.standIn
            statusRows[rest] = addRow(like: place, [tag])
            return statusRows[rest] ?? place
        }
        let made = addRow(like: place, [tag])
        statusRows[key] = made
        return made
    }

    private func addRow(like row: Int, _ tags: [Series.Tag]) -> Int {
        let spoken = layout.protocols[row]
        lateRows.append(spoken == .http || spoken == .redis ? LateRow() : nil)
        if layout.hasCalls { callRows.append(spoken == .call ? CallRow() : nil) }
        if !seriesRows.isEmpty {
            seriesRows.append(spoken.ownSeries.map { SeriesRow($0.map(\.kind), isSparse: true) })
        }
        return layout.addRow(like: row, tags: tags)
    }
}

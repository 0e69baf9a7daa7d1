internal import AssayCore
internal import AssayNet
internal import AssayScript

/// Where what scripts of one reactor measure goes: rows and series that are made when they first come up.
///
/// A look-up of known keys makes no text; what is new is bounded like every series whose tags only the run knows.
final class ScriptSeries {
    /// What is around a measurement, before its own name.
    struct Place: Hashable {
        /// Of the scenario, counted over the run; -1 in set-up and teardown.
        var scenario: Int
        var group: Int
    }

    /// A scenario as its series tell.
    struct Owner {
        var name: String?
        /// On all its series.
        var tags: [Series.Tag]
    }

    private struct RowKey: Hashable {
        var place: Place
        var method: String
        var name: String
        var tags: [String?]
    }

    private struct NameKey: Hashable {
        var place: Place
        var name: String
        var tags: [String?]
    }

    let meter: Meter
    let keys: ScriptTagKeys
    var groups: ScriptGroups
    private let owners: [Owner]
    /// Of set-up and teardown.
    private let apart: Owner
    private var rows: [RowKey: Int] = [:]
    private var checks: [NameKey: Int] = [:]
    private var own: [NameKey: Int] = [:]
    private var durations: [Place: Int] = [:]

    /// So many rows have histograms of full size; the rest grows with what it holds.
    private static let denseRows = 24

    init(_ meter: Meter, keys: ScriptTagKeys, owners: [Owner], apart: [Series.Tag]) {
        self.meter = meter
        self.keys = keys
        self.owners = owners
        self.apart = Owner(name: nil, tags: apart)
        groups = ScriptGroups(limit: meter.layout.seriesLimit)
    }

    private func owner(_ place: Place) -> Owner {
        owners.indices.contains(place.scenario) ? owners[place.scenario] : apart
    }

    // MARK: requests

    /// The row of a request.
    ///
    /// - Parameter tags: values of ``ScriptTagKeys/requests``, in their order.
    func row(_ place: Place, method: String, name: String, tags: [String?]) -> Int {
        let key = RowKey(place: place, method: method, name: name, tags: tags)
        if let known = rows[key] { return known }
        let owner = owner(place)
        if meter.layout.isFull("http.duration") {
            meter.note(SeriesOverflow(metric: "http.duration", tags: ["name"]))
            let rest = RowKey(
                place: Place(scenario: place.scenario, group: ScriptGroups.outside), method: "",
                name: MeterLayout.standIn, tags: [])
            if let known = rows[rest] { return known }
            rows[rest] = makeRow(owner, MeterLayout.standIn, nil, [])
            return rows[rest] ?? 0
        }
        let group = groups.tag(place.group)
        let made = makeRow(
            owner, name, group, [Series.Tag("method", method)] + Self.tags(keys.requests, tags))
        rows[key] = made
        return made
    }

    private func makeRow(_ owner: Owner, _ name: String, _ group: Series.Tag?, _ tags: [Series.Tag]) -> Int {
        let late = Meter.LateRow()
        if meter.lateRows.count < Self.denseRows { late.dense = Meter.Row() }
        meter.lateRows.append(late)
        let named = Self.tags(of: owner) + [Series.Tag("name", name.asTag)]
        return meter.layout.addRow(
            LoadPlan.StepName(scenario: owner.name ?? "", name: name.asTag, group: group?.value),
            tags: Self.sorted(named + [group].compactMap(\.self), tags),
            standIn: Self.tags(of: owner) + [Series.Tag("name", MeterLayout.standIn)])
    }

    // MARK: checks

    /// - Parameter tags: values of ``ScriptTagKeys/checks``, in their order.
    func check(_ place: Place, _ name: String, passed: Bool, tags: [String?]) {
        let key = NameKey(place: place, name: name, tags: tags)
        meter.check(checks[key] ?? makeCheck(key), passed: passed)
    }

    private func makeCheck(_ key: NameKey) -> Int {
        let owner = owner(key.place)
        let rest = Series(
            metric: "checks", kind: .rate,
            tags: Self.tags(of: owner) + [Series.Tag("check", MeterLayout.standIn)])
        var (key, one) = (key, rest)
        if meter.layout.isFull("checks") {
            meter.note(SeriesOverflow(metric: "checks", tags: ["check"]))
            key = standIn(key)
            if let known = checks[key] { return known }
        } else {
            let named =
                Self.tags(of: owner) + [Series.Tag("check", key.name.asTag)]
                + [groups.tag(key.place.group)].compactMap(\.self)
            one.tags = Self.sorted(named, Self.tags(keys.checks, key.tags))
        }
        meter.checks.append((0, 0))
        let made = meter.layout.addCheck(one, standIn: rest)
        checks[key] = made
        return made
    }

    /// Under what everything is found that is too much.
    private func standIn(_ key: NameKey) -> NameKey {
        NameKey(
            place: Place(scenario: key.place.scenario, group: ScriptGroups.outside),
            name: MeterLayout.standIn, tags: [])
    }

    // MARK: other metrics

    /// Where a metric is recorded that is no request's: the script's own, or one of Assay's.
    ///
    /// - Parameter tags: values of the metric's keys in ``ScriptTagKeys/own``, in their order.
    func place(of metric: Metric, _ place: Place, tags: [String?]) -> Int {
        let key = NameKey(place: place, name: metric.name, tags: tags)
        if let known = own[key] { return known }
        return makePlace(of: metric, key)
    }

    private func makePlace(of metric: Metric, _ key: NameKey) -> Int {
        let owner = owner(key.place)
        let rest = Series(metric, tags: Self.tags(of: owner))
        var (key, one) = (key, rest)
        if meter.layout.isFull(metric.name) {
            let wanted = keys.own[metric.name] ?? []
            meter.note(
                SeriesOverflow(metric: metric.name, tags: wanted.isEmpty ? ["group"] : wanted))
            key.place.group = ScriptGroups.outside
            key.tags = []
            if let known = own[key] { return known }
        } else {
            let named = Self.tags(of: owner) + [groups.tag(key.place.group)].compactMap(\.self)
            one.tags = Self.sorted(named, Self.tags(keys.own[metric.name] ?? [], key.tags))
        }
        meter.own.add(metric.kind, isLate: own.count >= Self.denseRows)
        let made = meter.layout.addOwn(one, standIn: rest)
        own[key] = made
        return made
    }

    /// How long a pass through a group took.
    func groupEnded(_ place: Place, nanoseconds: Int64) {
        let known = durations[place]
        let cell = known ?? self.place(of: Self.groupDuration, place, tags: [])
        if known == nil { durations[place] = cell }
        meter.recordOwn(cell, UInt64(max(0, nanoseconds)))
    }

    private static let groupDuration =
        MetricRegistry.standard["group.duration"] ?? Metric("group.duration", .trend, .time, "")

    // MARK: tags

    private static func tags(of owner: Owner) -> [Series.Tag] {
        owner.tags + [owner.name.map { Series.Tag("scenario", $0) }].compactMap(\.self)
    }

    private static func tags(_ keys: [String], _ values: [String?]) -> [Series.Tag] {
        zip(keys, values).compactMap { key, value in value.map { Series.Tag(key, $0.asTag) } }
    }

    /// The narrower tag of a key counts.
    private static func sorted(_ wide: [Series.Tag], _ narrow: [Series.Tag]) -> [Series.Tag] {
        let keys = narrow.map(\.key)
        return (wide.filter { !keys.contains($0.key) } + narrow).sorted { $0.key < $1.key }
    }
}

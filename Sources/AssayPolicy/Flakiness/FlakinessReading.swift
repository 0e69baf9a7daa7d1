public import AssayCore
public import AssayFormats

/// Where a project keeps its quarantine list.
public enum QuarantineSource: Sendable {
    case none
    case list(QuarantineList)
    /// A file of its own, relative to the project; its entries come from ``FlakinessReading/list(_:file:)``.
    case file(String, at: SourceLocation, releaseAfter: Int?)
}

/// Reads `flaky:` and `quarantine:` of a project's policy, and the file of a quarantine list.
public struct FlakinessReading {
    private let yaml: YAMLReading

    public init(_ yaml: YAMLReading) { self.yaml = yaml }

    /// `{retries: 2, report: true, fail: false}`
    public func flaky(_ node: YAMLNode) -> FlakyPolicy? {
        yaml.mapping(node, "policy of flaky tests") { fields in
            var policy = FlakyPolicy()
            let bounds = 0...FlakyPolicy.retryLimit
            policy.retries = fields.optional("retries") { yaml.int($0, in: bounds) } ?? policy.retries
            policy.isReported = fields.optional("report", yaml.bool) ?? policy.isReported
            policy.fails = fields.optional("fail", yaml.bool) ?? policy.fails
            return policy
        }
    }

    /// The path of a file, a list of entries, or `{file: …}` / `{tests: […]}` with `release-after`.
    public func quarantine(_ node: YAMLNode) -> QuarantineSource {
        if let path = node.stringValue { return .file(path, at: node.location, releaseAfter: nil) }
        if node.elements != nil { return .list(list(node, releaseAfter: nil)) }
        let source = yaml.mapping(node, "quarantine") { fields -> QuarantineSource? in
            let releaseAfter = fields.optional("release-after") { yaml.int($0, in: 1...1000) }
            guard let place = fields.choice(of: ["file", "tests"], code: "AS260") else { return nil }
            if place.name == "tests" { return .list(list(place.value, releaseAfter: releaseAfter)) }
            return yaml.string(place.value).map {
                .file($0, at: place.value.location, releaseAfter: releaseAfter)
            }
        }
        return source.flatMap(\.self) ?? .none
    }

    /// Reads a quarantine file: `assay: 1` and `quarantine: [entries]`.
    ///
    /// - Parameter file: its path as diagnostics show it.
    public static func list(_ bytes: [UInt8], file: String) -> Result<QuarantineList, Diagnostics> {
        let bag = DiagnosticBag()
        guard let yaml = YAMLReading(parsing: bytes, file: file, bag: bag) else {
            return .failure(Diagnostics(bag.all))
        }
        let list = yaml.mapping(yaml.root, "quarantine file") { fields -> QuarantineList? in
            _ = fields.required("assay") { yaml.int($0, in: 1...1) }
            let after = fields.optional("release-after") { yaml.int($0, in: 1...1000) }
            return fields.required("quarantine") { FlakinessReading(yaml).list($0, releaseAfter: after) }
        }
        guard let list = list.flatMap(\.self), !bag.hasErrors else { return .failure(Diagnostics(bag.all)) }
        return .success(list)
    }

    private func list(_ node: YAMLNode, releaseAfter: Int?) -> QuarantineList {
        var list = QuarantineList()
        list.entries = yaml.list(node, of: entry) ?? []
        list.releaseAfter = releaseAfter ?? list.releaseAfter
        return list
    }

    private func entry(_ node: YAMLNode) -> QuarantineEntry? {
        yaml.mapping(node, "quarantine entry") { fields -> QuarantineEntry? in
            let test = fields.required("test", yaml.string)
            let reason = fields.required("reason", yaml.string)
            let issue = fields.optional("issue", yaml.text)
            let until = fields.optional("until", day)
            guard let test, let reason else { return nil }
            return QuarantineEntry(
                test: test, reason: reason, issue: issue, until: until,
                location: fields.pair("test")?.value.location ?? node.location)
        }.flatMap(\.self)
    }

    private func day(_ node: YAMLNode) -> CalendarDay? {
        if let day = node.scalarText.flatMap({ CalendarDay(parsing: $0) }) { return day }
        yaml.error(
            "AS260", "expected a day of the calendar, found \(node.kindText)", at: node,
            fix: "write it like `2027-01-31`")
        return nil
    }
}

internal import AssayContracts
public import AssayCore
internal import AssayFormats
internal import AssayNet

/// `assay contract diff`: what changed between two versions of contracts, and what of it breaks.
public struct ContractDiffJob: Sendable {
    public var project: String?
    /// `OLD NEW`; with ``since`` a file or folder, or nothing for all contracts of the project; alone a folder of
    /// versions (`v1`, `v2`, …).
    public var operands: [String] = []
    /// The old version is that of this revision.
    public var since: String?
    /// How schemas alone are judged: a mode of schema registries, `request` or `response`.
    public var mode: String?
    /// The file of waivers; by default `contracts/waivers.yml` of the project when it is there.
    public var waivers: String?
    /// `error` or `warning`: from which level on a change fails.
    public var failOn: String?
    public var isJSON = false
    /// Where the changelog in Markdown goes.
    public var markdown: String?
    /// Where JUnit XML goes.
    public var junit: String?

    public init() {}

    public func run(_ console: Console) -> ExitCode {
        do throws(Diagnostics) {
            let report = try compared(today: CivilTime(milliseconds: WallClock.milliseconds).dateText)
            try write(report)
            return tell(report, console)
        } catch {
            console.complain(error)
            return .badInput
        }
    }

    /// The whole comparison, nothing written yet.
    ///
    /// - Parameter today: `2026-11-21`, which waivers and sunsets are held against.
    func compared(today: String) throws(Diagnostics) -> CompatibilityReport {
        let direction = try direction()
        let level = try failingLevel()
        var report = CompatibilityReport(
            waivers: CompatibilityWaivers(try readWaivers(), today: today), failingLevel: level)
        for pair in try pairs() { try add(pair, to: &report, direction, today: today) }
        return report
    }

    // MARK: Options

    private func direction() throws(Diagnostics) -> SchemaDirection {
        guard let mode else { return .stored(.backward) }
        if let known = CompatibilityMode(rawValue: mode.uppercased()) { return .stored(known) }
        switch mode.lowercased() {
        case "request": return .request
        case "response": return .response
        default: break
        }
        let names = CompatibilityMode.allCases.map(\.rawValue) + ["request", "response"]
        throw Diagnostics([
            Diagnostic(
                "AS166", "--mode takes \(names.joined(separator: ", ")), found '\(mode)'",
                fix: nearestName(to: mode, among: names).map { "did you mean \($0)?" })
        ])
    }

    private func failingLevel() throws(Diagnostics) -> CompatibilityLevel {
        switch failOn {
        case nil, "error"?: return .error
        case "warning"?: return .warning
        case let other?:
            throw Diagnostics([Diagnostic("AS166", "--fail-on takes error or warning, found '\(other)'")])
        }
    }

    private func readWaivers() throws(Diagnostics) -> [CompatibilityWaiver] {
        // A project that is named must be there, whatever is wanted of it.
        let named = project == nil ? nil : try Workspace.open(project).get()
        var path = waivers
        if path == nil {
            let folder = (named ?? (try? Workspace.open(nil).get()))?.project.folder ?? "."
            let usual = Paths.joined("contracts/waivers.yml", to: folder)
            if Files.kind(of: usual) == .file { path = usual }
        }
        guard let path else { return [] }
        let bytes: [UInt8]
        do throws(SystemError) {
            bytes = try Files.read(path, limitBytes: 8 << 20)
        } catch {
            throw Diagnostics([Diagnostic("AS452", "the waivers '\(path)' cannot be read: \(error)")])
        }
        let bag = DiagnosticBag()
        let yaml = YAMLReading(parsing: bytes, file: path, bag: bag)
        let waivers = yaml.map(CompatibilityWaivers.read) ?? []
        try bag.throwIfErrors()
        return waivers
    }

    // MARK: Comparing

    private func add(
        _ pair: ContractPair, to report: inout CompatibilityReport, _ direction: SchemaDirection,
        today: String
    ) throws(Diagnostics) {
        let findings: [CompatibilityFinding]
        switch (pair.old, pair.new) {
        case (nil, nil): return
        case (_?, nil): findings = [CompatibilityRules.removedDocument]
        case (nil, _?): findings = [CompatibilityRules.addedDocument]
        case (let old?, let new?): findings = try Self.compare(old, new, pair, direction, today)
        }
        report.add(findings, of: pair.name)
    }

    private static func compare(
        _ old: ContractVersion, _ new: ContractVersion, _ pair: ContractPair, _ direction: SchemaDirection,
        _ today: String
    ) throws(Diagnostics) -> [CompatibilityFinding] {
        do throws(SchemaError) {
            switch (old, new) {
            case (.openAPI(let old), .openAPI(let new)):
                return try compareDocuments(old, new, today: today).map { finding in
                    var finding = finding
                    // Documents that it refers to have the revision in front already.
                    if let file = finding.old?.file, !file.hasPrefix(pair.oldPrefix) {
                        finding.old?.file = pair.oldPrefix + file
                    }
                    return finding
                }
            case (.schema(let old), .schema(let new)):
                return try compareSchemas(old: old, new: new, as: direction)
            case (.openAPI, .schema), (.schema, .openAPI): break
            }
        } catch {
            throw Diagnostics([error.diagnostic(code: "AS457")])
        }
        throw Diagnostics([
            Diagnostic(
                "AS451",
                "'\(pair.oldName)' is \(old.kindText) and '\(pair.newName)' is \(new.kindText): they have nothing to compare"
            )
        ])
    }

    // MARK: Telling

    private func write(_ report: CompatibilityReport) throws(Diagnostics) {
        let subject = operands.last ?? "contracts"
        let title = since.map { "Changes of \(subject) since \($0)" } ?? "Changes of \(subject)"
        for (path, text) in [(markdown, report.markdown(title: title)), (junit, report.junit)] {
            guard let path else { continue }
            do throws(SystemError) {
                try Files.write(Array(text.utf8), to: path)
            } catch {
                throw Diagnostics([Diagnostic("AS452", "'\(path)' cannot be written: \(error)")])
            }
        }
    }

    private func tell(_ report: CompatibilityReport, _ console: Console) -> ExitCode {
        if isJSON {
            console.print(report.json.rendered(pretty: true))
        } else {
            let style = console.style
            let text = report.text(style: style, showsAll: !console.isQuiet)
            if !text.isEmpty { console.print(text) }
            let verdict =
                report.holds
                ? style.paint("COMPATIBLE", .green, bold: true) : style.paint("BREAKS", .red, bold: true)
            console.print("\(text.isEmpty ? "" : "\n")\(verdict)  \(report.summary)")
        }
        let problems = report.waiverProblems
        if !problems.isEmpty { console.complain(Diagnostics(problems)) }
        return report.holds ? .passed : .failed
    }
}

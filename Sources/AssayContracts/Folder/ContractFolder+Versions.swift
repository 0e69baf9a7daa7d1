import AssayCore
import AssayFormats

extension ContractFolder {
    /// Holds examples of one version against the schemas of others that promise to read them.
    func examples(
        of family: String, _ versions: [ContractVersion], _ shelf: SchemaShelf
    ) -> [FolderCheck] {
        let mode = CompatibilityMode(rawValue: compatibility(of: family)) ?? .backward
        guard mode != .none, versions.count > 1 else { return [] }
        let own = allExamples.filter { $0.schema.map { Self.family(of: $0) == family } ?? false }
        var checks: [FolderCheck] = []
        for example in own {
            guard let schema = example.schema, let place = Self.version(of: schema, in: family),
                let index = versions.firstIndex(of: place.version)
            else { continue }
            func other(_ version: ContractVersion) -> String { "\(family)/\(version)/\(place.rest)" }
            func hasSchema(_ version: ContractVersion) -> Bool { files.names.contains(other(version)) }
            // A version without the schema goes on to use the one before it.
            let count = mode.isTransitive ? Int.max : 1
            var others: [(ContractVersion, String)] = []
            if mode.readsOld {
                let later = versions[(index + 1)...].filter(hasSchema)
                others += later.prefix(count).map { ($0, "example-backward") }
            }
            if mode.readsNew {
                let earlier = versions[..<index].filter(hasSchema)
                others += earlier.suffix(count).map { ($0, "example-forward") }
            }
            for (version, rule) in others {
                checks.append(
                    FolderCheck(
                        name: "example \(example.file) read by \(version)", contract: family,
                        location: self.place(example.file),
                        findings: judge(
                            example.file, by: other(version), pointer: example.pointer, rule, shelf)))
            }
        }
        return checks
    }

    private static func version(
        of name: String, in family: String
    ) -> (version: ContractVersion, rest: String)? {
        let rest = name.dropFirst(family.count + 1)
        guard let slash = rest.firstIndex(of: "/"), let version = ContractVersion(rest[..<slash]) else {
            return nil
        }
        return (version, String(rest[rest.index(after: slash)...]))
    }

    /// Compares the versions of a family's schemas.
    func compatibility(
        of family: String, _ versions: [ContractVersion], _ waivers: BagOfWaivers
    ) -> FolderCheck? {
        let word = compatibility(of: family)
        guard let mode = CompatibilityMode(rawValue: word), mode != .none else { return nil }
        var check = FolderCheck(
            name: "versions of \(family), \(word)", contract: family,
            location: families.first { $0.name == family }?.location
                ?? place("\(family)/\(versions[versions.count - 1])"))
        do throws(SchemaError) {
            for judgement in try CompatibilityCheck.judge(
                versions: versions.map { compared(family, $0) }, mode: mode)
            where waivers.isFailing(judgement.finding, of: "\(family)/\(judgement.schema)") {
                check.findings.append(
                    .init(
                        judgement.finding.rule, place: "\(judgement.schema) \(judgement.finding.path)",
                        expected: "\(judgement.new) to be compatible with \(judgement.old)",
                        actual: judgement.finding.message,
                        location: judgement.finding.new ?? judgement.finding.old))
            }
        } catch {
            check.findings = [
                .init(
                    "compatibility", place: error.place, expected: error.expected, actual: error.actual,
                    location: error.location)
            ]
        }
        return check
    }

    private func compared(_ family: String, _ version: ContractVersion) -> CompatibilityCheck.Version {
        let lead = "\(family)/\(version)/"
        let names = files.names.filter { $0.hasPrefix(lead) && ContractFiles.isSchema($0) }.sorted()
        return CompatibilityCheck.Version(
            name: "\(version)",
            schemas: names.compactMap { name in
                comparedDocument(name).map { (String(name.dropFirst(lead.count)), $0) }
            })
    }

    private func comparedDocument(_ name: String) -> ComparedDocument? {
        guard let document = try? files.document(name).get() else { return nil }
        return ComparedDocument(document, file: files.shown(name), documents: files.documents)
    }
}

/// The waivers of a folder while its versions are compared.
final class BagOfWaivers {
    /// The file that is read when the manifest names none.
    static let usualFile = "waivers.yml"

    private let file: String?
    private let folder: ContractFolder
    private let bag = DiagnosticBag()
    private var report: CompatibilityReport

    init(_ folder: ContractFolder, today: String) {
        self.folder = folder
        let named = folder.waivers.flatMap { folder.resolve($0, version: nil) }
        file = named ?? (folder.files.names.contains(Self.usualFile) ? Self.usualFile : nil)
        var waivers: [CompatibilityWaiver] = []
        if let file, let bytes = folder.files.bytes(file),
            let yaml = YAMLReading(parsing: bytes, file: folder.files.shown(file), bag: bag)
        {
            waivers = CompatibilityWaivers.read(yaml)
        }
        report = CompatibilityReport(waivers: CompatibilityWaivers(waivers, today: today))
    }

    /// Whether a change breaks and nobody agreed to it.
    ///
    /// - Parameter schema: without its version: `orders/aggregate.schema.json`.
    func isFailing(_ finding: CompatibilityFinding, of schema: String) -> Bool {
        report.add([finding], of: schema)
        // The one just added; all entries would be gathered anew for each finding.
        return report.parts.last?.entries.last.map(report.isFailing) ?? false
    }

    /// What is wrong with the waivers, once all is compared; `nil` when there are none.
    var check: FolderCheck? {
        guard let file else { return nil }
        let problems = (bag.all + report.waiverProblems).filter { $0.severity == .error }
        return FolderCheck(
            name: "waivers \(file)", contract: folder.files.folder,
            location: SourceLocation(file: folder.files.shown(file), line: 1, column: 1),
            findings: problems.map { .init("waiver", $0) })
    }
}

public import AssayCore
import AssayFormats

extension ContractFolder {
    /// Judges the folder itself: that every schema and document can be used, every example holds, and the versions of each
    /// family are as compatible as it promises.
    ///
    /// - Parameters:
    ///   - problems: what reading the manifest said.
    ///   - today: `2026-11-21`, for waivers of changes that break.
    public func checks(problems: [Diagnostic], today: String) -> [FolderCheck] {
        let own = problems.filter {
            $0.severity == .error && ($0.location == nil || $0.location?.file == manifest)
        }
        var checks = [
            FolderCheck(
                name: "manifest \(manifest)", contract: files.folder,
                location: SourceLocation(file: manifest, line: 1, column: 1),
                findings: own.map { .init("manifest", $0) })
        ]
        let bag = DiagnosticBag()
        let shelf = SchemaShelf(files, bag)
        for name in files.names.sorted() where ContractFiles.isSchema(name) { checks.append(schema(name)) }
        for contract in contracts {
            guard case .openAPI(let path) = contract.terms else { continue }
            let versions: [ContractVersion?] = contract.versions.isEmpty ? [nil] : contract.versions
            for version in versions {
                if let file = resolve(path, version: version) { checks.append(document(file, of: contract)) }
            }
        }
        for example in allExamples { checks.append(self.example(example, shelf)) }
        checks += versionedFamilies.flatMap { examples(of: $0.name, $0.versions, shelf) }
        let waivers = BagOfWaivers(self, today: today)
        checks += versionedFamilies.filter { $0.versions.count > 1 }.compactMap {
            compatibility(of: $0.name, $0.versions, waivers)
        }
        return checks + [waivers.check].compactMap(\.self)
    }

    /// `status/v2/update.schema.json` → `status`.
    static func family(of name: String) -> String {
        let parts = name.split(separator: "/").dropLast()
        let end = parts.firstIndex { ContractVersion($0) != nil } ?? parts.endIndex
        return end == 0 ? name : parts[..<end].joined(separator: "/")
    }

    func place(_ name: String) -> SourceLocation {
        SourceLocation(file: files.shown(name), line: 1, column: 1)
    }

    // MARK: documents

    private func schema(_ name: String) -> FolderCheck {
        let bag = DiagnosticBag()
        let path = ContractFilePath(written: name, pointer: "", location: place(name))
        _ = SchemaShelf(files, bag).schema(name, pointer: "", use: .plain, at: path)
        return FolderCheck(
            name: "schema \(name)", contract: Self.family(of: name), location: place(name),
            findings: bag.all.map { .init("schema", $0) })
    }

    private func document(_ name: String, of contract: Contract) -> FolderCheck {
        let bag = DiagnosticBag()
        if let bytes = files.bytes(name),
            let yaml = YAMLReading(parsing: bytes, file: files.shown(name), bag: bag)
        {
            _ = APIDocument.read(yaml, documents: files.documents)
        }
        return FolderCheck(
            name: "document \(name)", contract: contract.name, location: place(name),
            findings: bag.all.filter { $0.severity == .error }.map { .init("document", $0) })
    }
}

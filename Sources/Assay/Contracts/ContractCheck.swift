internal import AssayContracts
internal import AssayCore
internal import AssayFormats
internal import AssayNet

/// What a static check of contracts has found so far.
struct ContractCheck {
    /// `2026-11-21`, which waivers are held against.
    let today: String
    private(set) var problems: [Diagnostic] = []
    /// A path could not be read: nobody can say whether its contract is right.
    private(set) var isUnreadable = false
    private var documents: [JSON] = []
    private var folders: [JSON] = []
    private var documentCount = 0
    private var schemaCount = 0
    private var checkCount = 0

    init(today: String) { self.today = today }

    var errorCount: Int { problems.count { $0.severity == .error } }

    /// - Parameter path: a document, a schema, a folder of contracts or its manifest, or a folder with documents.
    mutating func judge(_ path: String) {
        var path = path
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        let name = String(path.split(separator: "/").last ?? "")
        switch Files.kind(of: path) {
        case .file where ContractFiles.manifests.contains(name): judgeFolder(path)
        case .file: judgeFile(path)
        case .folder:
            let isContracts = ContractFiles.manifests.contains { Files.kind(of: path + "/" + $0) == .file }
            let found = isContracts ? [] : Self.documents(below: path)
            // A folder without either is told as one without a manifest.
            if found.isEmpty { judgeFolder(path) } else { found.forEach { judgeFile($0) } }
        default:
            isUnreadable = true
            add([Diagnostic("AS444", "there is no file or folder '\(path)'")])
        }
    }

    // MARK: Files

    private mutating func judgeFile(_ path: String) {
        let bag = DiagnosticBag()
        defer { add(bag.all) }
        guard let yaml = DocumentFiles.reading(path, bag) else {
            isUnreadable = true
            return
        }
        if yaml.root["openapi"] == nil, yaml.root["swagger"] == nil, Self.isSchema(path, yaml) {
            return judgeSchema(yaml, bag)
        }
        documentCount += 1
        let document = APIDocument.read(yaml, documents: DocumentFiles.documents)
        var entry: JSONObject = [
            "file": .string(path), "errors": .int(Int64(bag.errors.count)),
            "warnings": .int(Int64(bag.all.count - bag.errors.count)),
        ]
        if let document {
            entry["openapi"] = .string(document.version)
            entry["title"] = .string(document.title)
            entry["operations"] = .int(Int64(document.operations.count))
        }
        documents.append(.object(entry))
    }

    private static func isSchema(_ path: String, _ yaml: YAMLReading) -> Bool {
        yaml.root["$schema"] != nil
            || [".schema.json", ".schema.yaml", ".schema.yml"].contains { path.hasSuffix($0) }
    }

    private mutating func judgeSchema(_ yaml: YAMLReading, _ bag: DiagnosticBag) {
        schemaCount += 1
        guard let document = SchemaDocument(yaml) else { return }
        do {
            _ = try JSONSchema(
                compiling: document, at: yaml.file, documents: DocumentFiles.documents, assertsFormats: true)
        } catch {
            yaml.add(error.diagnostic())
        }
    }

    /// OpenAPI documents below a folder, by what they begin with: reading each file would take long.
    private static func documents(below folder: String) -> [String] {
        guard case .success(let names?) = ContractTree.disk.names(folder) else { return [] }
        return names.map { folder == "." ? $0 : folder + "/" + $0 }.filter { path in
            guard [".yml", ".yaml", ".json"].contains(where: { path.hasSuffix($0) }),
                let bytes = try? Files.read(path, limitBytes: DocumentFiles.limits.bytes)
            else { return false }
            let head = String(decoding: bytes.prefix(4096), as: UTF8.self)
            return head.split(whereSeparator: { "\n{,".contains($0) }).contains { line in
                let line = line.drop { $0 == " " || $0 == "\t" || $0 == "\"" || $0 == "\r" }
                return line.hasPrefix("openapi:") || line.hasPrefix("openapi\"")
            }
        }
    }

    // MARK: Folders

    private mutating func judgeFolder(_ path: String) {
        let bag = DiagnosticBag()
        let found = ContractFolderFiles.folders([(path, nil)], bag)
        // The manifest's own problems and those of what its contracts use.
        _ = ContractBook(found, bag)
        if found.isEmpty { isUnreadable = true }
        add(bag.all)
        for folder in found {
            let checks = folder.checks(problems: bag.all, today: today)
            checkCount += checks.count
            for check in checks { add(check.findings.compactMap { problem($0, of: check, in: folder) }) }
            folders.append([
                "folder": .string(folder.files.folder),
                "contracts": .array(folder.contracts.map { .string($0.name) }),
                "checks": .array(
                    checks.map {
                        [
                            "name": .string($0.name), "contract": .string($0.contract),
                            "holds": .bool($0.findings.isEmpty),
                        ]
                    }),
            ])
        }
    }

    /// A finding as it is printed; `nil` for what was told as a diagnostic already.
    private func problem(
        _ finding: FolderCheck.Finding, of check: FolderCheck, in folder: ContractFolder
    ) -> Diagnostic? {
        let isTold = problems.contains {
            "\($0.code)" == finding.place && $0.location == finding.location
        }
        guard !isTold else { return nil }
        let place = finding.location ?? check.location
        return Diagnostic(
            DiagnosticCode(stringLiteral: finding.rule),
            "\(check.name): \(finding.place): expected \(finding.expected), found \(finding.actual)",
            at: place,
            line: folder.files.line(at: place))
    }

    private mutating func add(_ found: [Diagnostic]) {
        for problem in found where !problems.contains(problem) { problems.append(problem) }
    }

    // MARK: Results

    /// `2 OpenAPI documents and 1 folder of contracts (14 checks) are in order`.
    var summary: String {
        func counted(_ count: Int, _ one: String, _ many: String) -> String? {
            count == 0 ? nil : "\(count) \(count == 1 ? one : many)"
        }
        let judged = [
            counted(documentCount, "OpenAPI document", "OpenAPI documents"),
            counted(schemaCount, "schema", "schemas"),
            counted(folders.count, "folder of contracts", "folders of contracts").map {
                "\($0) (\(checkCount) checks)"
            },
        ].compactMap(\.self)
        let isOne = documentCount + schemaCount + folders.count == 1
        let what = judged.joined(separator: " and ")
        guard errorCount > 0 else {
            return judged.isEmpty ? "nothing to check" : "\(what) \(isOne ? "is" : "are") in order"
        }
        let warnings = problems.count - errorCount
        let also = counted(warnings, "warning", "warnings").map { " and \($0)" } ?? ""
        return "\(counted(errorCount, "error", "errors") ?? "")\(also)\(judged.isEmpty ? "" : " in \(what)")"
    }

    /// The same for programs.
    var json: JSON {
        [
            "assay": 1, "status": .string(errorCount == 0 ? "passed" : "failed"),
            "documents": .array(documents),
            "folders": .array(folders),
            "problems": .array(
                problems.map { problem in
                    var entry: JSONObject = [
                        "code": .string("\(problem.code)"), "severity": .string(problem.severity.rawValue),
                        "message": .string(problem.message),
                    ]
                    if let place = problem.location {
                        entry["file"] = .string(place.file)
                        entry["line"] = .int(Int64(place.line))
                        entry["column"] = .int(Int64(place.column))
                    }
                    if let fix = problem.fix { entry["fix"] = .string(fix) }
                    return .object(entry)
                }),
        ]
    }
}

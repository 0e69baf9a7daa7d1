internal import AssayContracts
internal import AssayCore
internal import AssayFormats
internal import AssayNet

/// Reads and writes pacts on disk.
enum PactFiles {
    /// More is no pact that anybody looks after.
    static let limitBytes = 16 << 20

    /// The pacts of files, of patterns like `pacts/*.json`, and of all `.json` files that are pacts in a folder.
    ///
    /// - Returns: pacts in the order given, each file once; AS480 for what cannot be read.
    static func read(_ paths: [String]) -> Result<[Pact], Diagnostics> {
        let bag = DiagnosticBag()
        var pacts: [Pact] = []
        var seen: Set<String> = []
        for path in paths {
            let files: [(path: String, isNamed: Bool)]
            switch Files.kind(of: path) {
            case .file: files = [(path, true)]
            case .folder: files = names(in: path, like: nil).map { ($0, false) }
            default:
                let found = matching(path)
                guard !found.isEmpty else {
                    bag.add(
                        Diagnostic(
                            "AS480", "there is no pact '\(path)'",
                            fix: "name a file, a folder, or a pattern like 'pacts/*.json'"))
                    continue
                }
                files = found.map { ($0, false) }
            }
            for file in files where seen.insert(file.path).inserted {
                if let pact = read(file.path, isNamed: file.isNamed, bag) { pacts.append(pact) }
            }
            let isAny = files.contains { file in pacts.contains { $0.file == file.path } }
            if !isAny, !bag.hasErrors {
                bag.add(Diagnostic("AS480", "there are no pacts in '\(path)'"))
            }
        }
        guard !bag.hasErrors else { return .failure(Diagnostics(bag.all)) }
        return .success(pacts)
    }

    private static func read(_ path: String, isNamed: Bool, _ bag: DiagnosticBag) -> Pact? {
        let bytes: [UInt8]
        do throws(SystemError) {
            bytes = try Files.read(path, limitBytes: limitBytes)
        } catch {
            bag.add(Diagnostic("AS480", "the pact cannot be read: \(error)"))
            return nil
        }
        // Other JSON may lie in a folder of pacts.
        if !isNamed, let json = try? JSON(parsing: bytes), !Pact.isPact(json) { return nil }
        return Pact.read(bytes, file: path, bag: bag)
    }

    private static func names(in folder: String, like pattern: GlobPattern?) -> [String] {
        let names = (try? Files.names(in: folder.isEmpty ? "." : folder)) ?? []
        return names.sorted().filter { name in
            pattern.map { $0.matches(name) } ?? (name.hasSuffix(".json") && !name.hasPrefix("."))
        }.map { folder.isEmpty ? $0 : folder.hasSuffix("/") ? folder + $0 : "\(folder)/\($0)" }
    }

    /// Files of one folder whose names are like the pattern's last part.
    private static func matching(_ path: String) -> [String] {
        let slash = path.lastIndex(of: "/")
        let folder = slash.map { String(path[..<$0]) } ?? ""
        let name = slash.map { String(path[path.index(after: $0)...]) } ?? path
        guard name.contains("*") || name.contains("?"), let pattern = try? GlobPattern(name) else {
            return []
        }
        return names(in: folder, like: pattern)
    }

    /// Takes interactions into the file of two parties, which is made when there is none.
    ///
    /// - Returns: the file's path, and whether it changed.
    /// - Throws: AS479 for a conflict, AS470–AS478 for a file that is no pact, AS481 when it cannot be written.
    static func merge(
        _ interactions: [PactInteraction], of consumer: String, and provider: String, into folder: String
    ) throws(Diagnostics) -> (path: String, isChanged: Bool) {
        let path =
            "\(folder.hasSuffix("/") ? String(folder.dropLast()) : folder)/\(fileName(consumer))-\(fileName(provider)).json"
        var pact = Pact(consumer: consumer, provider: provider, file: path)
        var before: [UInt8] = []
        if Files.kind(of: path) == .file {
            let bag = DiagnosticBag()
            guard let known = read(path, isNamed: true, bag) else { throw Diagnostics(bag.all) }
            before = (try? Files.read(path, limitBytes: limitBytes)) ?? []
            pact = known
        }
        try pact.merge(interactions)
        pact.metadata["assay"] = ["version": .string(AssayVersion.text)]
        let text = Array(pact.text().utf8)
        guard text != before else { return (path, false) }
        do throws(SystemError) {
            try Files.makeFolder(folder)
            try Files.write(text, to: path)
        } catch {
            throw Diagnostics([Diagnostic("AS481", "the pact cannot be written: \(error)")])
        }
        return (path, true)
    }

    /// A name as a part of a file's.
    private static func fileName(_ name: String) -> String {
        String(name.map { $0.isLetter || $0.isNumber || "._".contains($0) ? $0 : "_" })
    }
}

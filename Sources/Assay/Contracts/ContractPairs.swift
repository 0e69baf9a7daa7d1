internal import AssayContracts
internal import AssayCore
internal import AssayNet

/// Two versions of one contract; `nil` where one of them has none.
struct ContractPair {
    /// What the report calls it.
    var name: String
    /// `main:` when the old version is of a revision.
    var oldPrefix: String
    var oldName: String
    var newName: String
    var old: ContractVersion?
    var new: ContractVersion?
}

extension ContractDiffJob {
    /// What the command line asks to compare.
    func pairs() throws(Diagnostics) -> [ContractPair] {
        if let since { return try pairs(since: since) }
        guard operands.count == 2 else {
            guard let folder = operands.first else {
                throw Diagnostics([
                    Diagnostic(
                        "AS462", "`assay contract diff` needs two versions to compare",
                        fix: "name OLD and NEW, or say --since REVISION")
                ])
            }
            return try pairs(versionsBelow: folder)
        }
        return try pairs(operands[0], .disk, operands[1], .disk, name: "\(operands[0]) → \(operands[1])")
    }

    private func pairs(since revision: String) throws(Diagnostics) -> [ContractPair] {
        if operands.count > 1 {
            throw Diagnostics([
                Diagnostic(
                    "AS462",
                    "with --since there is one file or folder to compare, found '\(operands[1])' too",
                    fix: "leave --since out to compare two files")
            ])
        }
        var found: [ContractPair] = []
        let paths = try operands.isEmpty ? contractFolders() : operands
        for path in paths {
            let folder = Files.kind(of: path) == .folder ? path : Self.folder(of: path)
            let tree = try ContractTree.revision(revision, around: folder).orThrow()
            found += try pairs(path, tree, path, .disk, name: path)
        }
        return found
    }

    /// Folders with the contracts of the project.
    private func contractFolders() throws(Diagnostics) -> [String] {
        let workspace = try Workspace.open(project).get()
        let named = workspace.project.contracts.map { workspace.path($0.path) }
        if !named.isEmpty { return named }
        let folder = workspace.path("contracts")
        guard Files.kind(of: folder) == .folder else {
            throw Diagnostics([
                Diagnostic(
                    "AS452",
                    "--since alone compares the project's contracts, and there is no folder '\(folder)'",
                    fix: "name the file or folder to compare")
            ])
        }
        return [folder]
    }

    /// - Parameter name: of the pair, when both are files.
    private func pairs(
        _ old: String, _ oldTree: ContractTree, _ new: String, _ newTree: ContractTree, name: String
    ) throws(Diagnostics) -> [ContractPair] {
        let before = try oldTree.names(old).orThrow()
        let after = try newTree.names(new).orThrow()
        let (oldReader, newReader) = (
            ContractVersionReader(tree: oldTree), ContractVersionReader(tree: newTree)
        )
        if before == nil, after == nil {
            let one = try oldReader.read(old, isNamed: true).get()
            let other = try newReader.read(new, isNamed: true).get()
            if one == nil { throw Self.missing(oldTree.prefix, old, isRevision: !oldTree.prefix.isEmpty) }
            if other == nil { throw Self.missing(newTree.prefix, new, isRevision: false) }
            return [
                ContractPair(
                    name: name, oldPrefix: oldTree.prefix, oldName: oldTree.prefix + old,
                    newName: newTree.prefix + new, old: one,
                    new: other)
            ]
        }
        guard oldTree.prefix != "" || before != nil else { throw Self.mixed(folder: new, file: old) }
        guard let after else { throw Self.mixed(folder: old, file: new) }
        let names = Set(before ?? []).union(after).filter(ContractVersionReader.mayBeContract).sorted()
        var found: [ContractPair] = []
        for file in names {
            let oldPath = Self.joined(old, file)
            let newPath = Self.joined(new, file)
            let pair = ContractPair(
                name: old == new ? newPath : file, oldPrefix: oldTree.prefix,
                oldName: oldTree.prefix + oldPath,
                newName: newTree.prefix + newPath,
                old: try oldReader.read(oldPath, isNamed: false).get(),
                new: try newReader.read(newPath, isNamed: false).get())
            if pair.old != nil || pair.new != nil { found.append(pair) }
        }
        if found.isEmpty {
            throw Diagnostics([
                Diagnostic(
                    "AS456",
                    "there is no contract below '\(new)', nor was there one in '\(oldTree.prefix)\(old)'",
                    fix:
                        "contracts are OpenAPI documents, and schemas that have `$schema` or end with .schema.json"
                )
            ])
        }
        return found
    }

    /// Each version of a folder with the one before it, or by a transitive mode with all before it.
    private func pairs(versionsBelow folder: String) throws(Diagnostics) -> [ContractPair] {
        let names = Files.kind(of: folder) == .folder ? (try? Files.names(in: folder)) ?? [] : []
        let versions = names.compactMap { name -> (number: Int, name: String)? in
            guard name.hasPrefix("v"), let number = Int(name.dropFirst()), number >= 0 else { return nil }
            return (number, name)
        }.sorted { $0 < $1 }
        guard versions.count > 1 else {
            throw Diagnostics([
                Diagnostic(
                    "AS462", "'\(folder)' alone is compared with itself when it has versions v1, v2, …",
                    fix: "name OLD and NEW, or say --since REVISION")
            ])
        }
        let isTransitive =
            mode.flatMap { CompatibilityMode(rawValue: $0.uppercased()) }?.isTransitive ?? false
        func between(_ old: String, _ new: String) throws(Diagnostics) -> [ContractPair] {
            let (before, after) = (Self.joined(folder, old), Self.joined(folder, new))
            return try pairs(before, .disk, after, .disk, name: after).map { pair in
                var pair = pair
                pair.name = "\(old) → \(new) \(pair.name)"
                return pair
            }
        }
        var found: [ContractPair] = []
        for (place, new) in versions.enumerated().dropFirst() {
            let earlier = versions[..<place].map(\.name)
            if isTransitive {
                for old in earlier { found += try between(old, new.name) }
                continue
            }
            var nearest = try between(earlier[place - 1], new.name)
            // What the version before does not have goes on from the last one that has it.
            for old in earlier.dropLast().reversed() where nearest.contains(where: { $0.old == nil }) {
                let farther = try between(old, new.name)
                nearest = nearest.map { pair in
                    guard pair.old == nil else { return pair }
                    return farther.first { $0.newName == pair.newName && $0.old != nil } ?? pair
                }
            }
            found += nearest
        }
        return found
    }

    // MARK: Paths and problems

    private static func joined(_ folder: String, _ name: String) -> String {
        if folder == "." || folder == "./" { return name }
        return folder.hasSuffix("/") ? folder + name : folder + "/" + name
    }

    private static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private static func missing(_ prefix: String, _ path: String, isRevision: Bool) -> Diagnostics {
        guard isRevision else {
            return Diagnostics([Diagnostic("AS452", "there is no file or folder '\(path)'")])
        }
        return Diagnostics([
            Diagnostic(
                "AS455", "'\(path)' is not in revision '\(prefix.dropLast())'",
                fix: "compare a revision that has it; a new file breaks nobody")
        ])
    }

    private static func mixed(folder: String, file: String) -> Diagnostics {
        guard Files.kind(of: file) != nil else { return missing("", file, isRevision: false) }
        return Diagnostics([
            Diagnostic(
                "AS451", "'\(folder)' is a folder and '\(file)' is a file: they have nothing to compare",
                fix: "name two files, or two folders")
        ])
    }
}

extension Result where Failure == Diagnostic {
    fileprivate func orThrow() throws(Diagnostics) -> Success {
        switch self {
        case .success(let value): return value
        case .failure(let problem): throw Diagnostics([problem])
        }
    }
}

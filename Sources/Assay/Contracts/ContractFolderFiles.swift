internal import AssayContracts
internal import AssayCore
internal import AssayFormats
internal import AssayNet

/// Reads folders of contracts from disk.
enum ContractFolderFiles {
    /// A folder with more files than this is taken for a mistake.
    private static let fileLimit = 20_000
    private static let fileBytes = 16 << 20

    /// The files below a folder.
    ///
    /// - Parameter path: the folder, or the manifest in it, as a person in the current folder would write it.
    /// - Returns: what is wrong when there is no such folder: AS432.
    static func files(at path: String) -> Result<ContractFiles, Diagnostic> {
        var folder = path
        while folder.count > 1, folder.hasSuffix("/") { folder.removeLast() }
        if Files.kind(of: folder) == .file, let slash = folder.lastIndex(of: "/") {
            folder = String(folder[..<slash])
        }
        guard Files.kind(of: folder) == .folder else {
            return .failure(Diagnostic("AS432", "there is no folder of contracts '\(path)'"))
        }
        var names: [String] = []
        collect(folder, "", into: &names)
        guard names.count <= fileLimit else {
            return .failure(
                Diagnostic(
                    "AS432", "the folder '\(path)' has more than \(fileLimit) files",
                    fix: "name the folder that has the manifest contracts.yml"))
        }
        let place = folder
        return .success(
            ContractFiles(folder: folder, names: names) { name in
                try? Files.read(place + "/" + name, limitBytes: fileBytes)
            })
    }

    private static func collect(_ folder: String, _ lead: String, into names: inout [String]) {
        for name in (try? Files.names(in: folder)) ?? [] where !name.hasPrefix(".") {
            let path = folder + "/" + name
            // A link to a folder could lead round in circles.
            if names.count > fileLimit || path.utf8.count > 2048 { return }
            if Files.kind(of: path) == .folder {
                collect(path, lead + name + "/", into: &names)
            } else {
                names.append(lead + name)
            }
        }
    }

    /// The contracts of several folders.
    ///
    /// - Parameter bag: takes what is wrong.
    static func folders(_ places: [(path: String, location: SourceLocation?)], _ bag: DiagnosticBag)
        -> [ContractFolder]
    {
        places.compactMap { place in
            switch files(at: place.path) {
            case .success(let files): return ContractFolder.read(files, bag)
            case .failure(var problem):
                problem.location = place.location
                bag.add(problem)
                return nil
            }
        }
    }
}

public import AssayCore
public import AssayFormats

/// A folder of contracts: its manifest, and what is beside it.
///
/// ```
/// contracts/
///   contracts.yml                      the manifest
///   status/v1/update.schema.json       a schema of the family `status`, version v1
///   status/v2/update.schema.json
///   status/v2/golden/update.json       an example that must hold
///   ui/v2/openapi.yaml
/// ```
public struct ContractFolder: Sendable {
    public let files: ContractFiles
    /// In the order of the manifest.
    public internal(set) var contracts: [Contract] = []
    /// Families of schemas that the manifest says something of.
    public internal(set) var families: [SchemaFamily] = []
    /// Examples whose schema the manifest names, because their places do not say it.
    public internal(set) var examples: [(file: ContractFilePath, schema: ContractFilePath)] = []
    /// Schemas of values that no family holds; `nil` when the manifest names no file of waivers.
    public internal(set) var waivers: ContractFilePath?
    /// The manifest as diagnostics show it.
    public let manifest: String

    init(files: ContractFiles, manifest: String) {
        self.files = files
        self.manifest = manifest
    }

    /// Reads the manifest and looks that every file it names is there.
    ///
    /// - Parameter bag: takes what is wrong, all of it at once (AS415–AS423, AS430).
    /// - Returns: `nil` when there is no manifest to read.
    public static func read(_ files: ContractFiles, _ bag: DiagnosticBag) -> ContractFolder? {
        guard let name = ContractFiles.manifests.first(where: files.names.contains),
            let bytes = files.bytes(name)
        else {
            bag.add(
                Diagnostic(
                    "AS415", "the folder '\(files.folder)' has no manifest",
                    fix: "write \(files.shown(ContractFiles.manifests[0])), or name the folder that has it"))
            return nil
        }
        guard let yaml = YAMLReading(parsing: bytes, file: files.shown(name), bag: bag) else { return nil }
        return ManifestReader(yaml: yaml, files: files).folder()
    }

    /// Families of schemas: every folder that has folders `vN`, by path, each with its versions, lowest first.
    public var versionedFamilies: [(name: String, versions: [ContractVersion])] {
        var names: Set<String> = []
        for file in files.names {
            let parts = file.split(separator: "/")
            for (place, part) in parts.dropLast().enumerated()
            where place > 0 && ContractVersion(part) != nil {
                names.insert(parts[..<place].joined(separator: "/"))
            }
        }
        return names.sorted().map { ($0, files.versions(of: $0)) }
    }

    /// What the versions of a family promise each other; BACKWARD where the manifest says nothing.
    public func compatibility(of family: String) -> String {
        families.first { $0.name == family }?.compatibility ?? SchemaFamily.standard
    }
}

/// What the manifest says of schemas with versions.
public struct SchemaFamily: Sendable {
    /// Path of its folder from the manifest's.
    public var name: String
    /// One of ``modes``.
    public var compatibility: String
    public var location: SourceLocation

    public static let standard = "BACKWARD"
    /// As schema registries name them.
    public static let modes = [
        "BACKWARD", "BACKWARD_TRANSITIVE", "FORWARD", "FORWARD_TRANSITIVE", "FULL", "FULL_TRANSITIVE", "NONE",
    ]
}

extension ContractFolder {
    /// Where a file of the manifest is for one version.
    ///
    /// A path with a version in it means itself. `${version}` stands for the version. A path without one,
    /// `status/update.schema.json`, means the file of that name in the family's highest version that is not above the
    /// one asked for: a contract of version v3 goes on to use what v1 says as long as no later version says more.
    ///
    /// - Parameter version: `nil` for the highest.
    /// - Returns: a path from the folder; `nil` when there is none.
    public func resolve(_ path: ContractFilePath, version: ContractVersion?) -> String? {
        if path.written.contains(Self.placeholder) {
            guard let version else { return nil }
            let name = path.written.replacing(Self.placeholder, with: "\(version)")
            return files.names.contains(name) ? name : nil
        }
        if files.names.contains(path.written) { return path.written }
        guard !Self.isVersioned(path.written), let (family, file) = Self.split(path.written) else {
            return nil
        }
        for candidate in files.versions(of: family).reversed() {
            if let version, version < candidate { continue }
            let name = "\(family)/\(candidate)/\(file)"
            if files.names.contains(name) { return name }
        }
        return nil
    }

    static let placeholder = "${version}"

    static func isVersioned(_ path: String) -> Bool {
        path.split(separator: "/").dropLast().contains { ContractVersion($0) != nil }
    }

    static func split(_ path: String) -> (folder: String, file: String)? {
        guard let slash = path.lastIndex(of: "/") else { return nil }
        return (String(path[..<slash]), String(path[path.index(after: slash)...]))
    }

    /// Versions that a path without one can mean.
    func versions(of path: ContractFilePath) -> [ContractVersion] {
        if let mark = path.written.firstRange(of: Self.placeholder) {
            let family = path.written[..<mark.lowerBound]
            guard family.hasSuffix("/") else { return [] }
            return files.versions(of: String(family.dropLast())).filter {
                files.names.contains(path.written.replacing(Self.placeholder, with: "\($0)"))
            }
        }
        guard !files.names.contains(path.written), !Self.isVersioned(path.written),
            let (family, file) = Self.split(path.written)
        else { return [] }
        return files.versions(of: family).filter { files.names.contains("\(family)/\($0)/\(file)") }
    }
}

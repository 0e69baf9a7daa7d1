/// The files of a folder of contracts; this module reads nothing itself.
public struct ContractFiles: Sendable {
    /// As diagnostics show it, without a slash at its end: `contracts`.
    public var folder: String
    /// Every file below it, as paths from it: `status/v2/update.schema.json`.
    public var names: Set<String>
    /// The bytes of one of them; `nil` when it cannot be read.
    public var bytes: @Sendable (_ name: String) -> [UInt8]?

    public init(
        folder: String, names: some Sequence<String>, bytes: @escaping @Sendable (_ name: String) -> [UInt8]?
    ) {
        self.folder = folder
        self.names = Set(names)
        self.bytes = bytes
    }

    /// Files given as texts, for tests.
    public init(folder: String = "contracts", texts: [String: String]) {
        self.init(folder: folder, names: texts.keys) { texts[$0].map { Array($0.utf8) } }
    }

    /// Names of the manifest, the first one there counts.
    public static let manifests = ["contracts.yml", "contracts.yaml"]

    /// `contracts/status/v2/update.schema.json`, as diagnostics and violations show it.
    func shown(_ name: String) -> String { folder == "." ? name : folder + "/" + name }

    /// What ``shown(_:)`` was made of; `nil` for a path outside.
    func name(shownAs path: String) -> String? {
        if folder == "." { return path }
        return path.hasPrefix(folder + "/") ? String(path.dropFirst(folder.count + 1)) : nil
    }

    /// Versions of a family: the folders `vN` right below it, lowest first.
    ///
    /// - Parameter family: a path from the folder, `orders` or `api/orders`.
    public func versions(of family: String) -> [ContractVersion] {
        var found: Set<ContractVersion> = []
        let lead = family + "/"
        for name in names where name.hasPrefix(lead) {
            let rest = name.dropFirst(lead.count)
            guard let slash = rest.firstIndex(of: "/"), let version = ContractVersion(rest[..<slash]) else {
                continue
            }
            found.insert(version)
        }
        return found.sorted()
    }
}

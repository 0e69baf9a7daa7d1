internal import AssayNet

/// The `__files` of a mapping folder.
struct MappingFiles: BodyFiles {
    private let root: String?
    /// A body's file is at most this large.
    private static let limitBytes = 64 << 20

    /// - Parameter folder: the one that `__files` is in; no files when `nil`.
    init(folder: String?) { root = folder.map { $0 + "/__files" } }

    func read(_ name: String) throws(AdminRefusal) -> [UInt8] {
        guard let root else {
            throw AdminRefusal(422, "No files", detail: "there is no folder __files to read '\(name)' from")
        }
        // A leading slash is taken as WireMock does: from the folder on.
        let relative = String(name.drop { $0 == "/" })
        let path = root + "/" + relative
        guard !relative.isEmpty, !relative.utf8.contains(0),
            !relative.split(separator: "/").contains(".."), let real = Files.resolved(path),
            let realRoot = Files.resolved(root), real.hasPrefix(realRoot + "/")
        else {
            let exists = Files.kind(of: path) != nil
            throw AdminRefusal(
                422, "No such file",
                detail: exists ? "'\(name)' leads out of __files" : "there is no file '\(name)' in __files")
        }
        do {
            return try Files.read(real, limitBytes: Self.limitBytes)
        } catch {
            throw AdminRefusal(422, "No such file", detail: "'\(name)' of __files cannot be read: \(error)")
        }
    }
}

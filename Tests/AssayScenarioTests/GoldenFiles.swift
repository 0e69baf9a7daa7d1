import Glibc

/// Files beside this test: read, listed and, when asked, written again.
enum GoldenFiles {
    static let isUpdating = unsafe getenv("ASSAY_UPDATE_GOLDEN") != nil

    static var folder: String {
        #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
            + "/Golden"
    }

    static func path(_ name: String) -> String { folder + "/" + name }

    /// Names of the files that a reader must refuse, without their ending.
    static let names: [String] = {
        var names: [String] = []
        guard let list = unsafe opendir(folder) else { return [] }
        defer { unsafe closedir(list) }
        while let entry = unsafe readdir(list) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.hasSuffix(".yml"), !name.hasPrefix("_") { names.append(String(name.dropLast(4))) }
        }
        return names.sorted()
    }()

    static func read(_ path: String) -> String? {
        guard let file = unsafe fopen(path, "r") else { return nil }
        defer { unsafe fclose(file) }
        var bytes: [UInt8] = []
        var byte = unsafe fgetc(file)
        while byte != EOF {
            bytes.append(UInt8(truncatingIfNeeded: byte))
            byte = unsafe fgetc(file)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    static func write(_ text: String, to path: String) {
        guard let file = unsafe fopen(path, "w") else { return }
        defer { unsafe fclose(file) }
        unsafe fputs(text, file)
    }
}

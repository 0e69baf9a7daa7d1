internal import Glibc

/// What tells one writing of a file from another.
public struct FileStamp: Sendable, Hashable {
    /// Wall clock of the last change, nanoseconds since 1970 UTC.
    public var modifiedNanoseconds: Int64
    public var sizeBytes: Int64
    /// Number of the file in its file system: another one after a file was put in its place.
    public var number: UInt64

    /// - Returns: `nil` when there is no file at the path.
    public init?(of path: String) {
        var status = stat()
        // SAFETY: stat writes the structure it is given.
        guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        modifiedNanoseconds = Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
        sizeBytes = Int64(status.st_size)
        number = UInt64(status.st_ino)
    }
}

internal import Glibc

/// A file that is read piece by piece, from its start.
final class ReadingFile {
    private let descriptor: Int32
    private let path: String
    /// As it was when the file was opened.
    let byteCount: Int

    init(_ path: String) throws(SystemError) {
        self.path = path
        let opened = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard opened >= 0 else { throw SystemError(call: "open", errno: errno, subject: path) }
        var status = stat()
        // SAFETY: fstat writes the structure it is given.
        guard unsafe fstat(opened, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            closeDescriptor(opened)
            throw SystemError(call: "open", errno: EISDIR, subject: path)
        }
        descriptor = opened
        byteCount = Int(status.st_size)
    }

    deinit { closeDescriptor(descriptor) }

    /// Appends what comes next.
    ///
    /// - Returns: how many bytes: never none, for a file that ended before its size has become shorter (EIO).
    func read(into bytes: inout [UInt8], atMost count: Int) throws(SystemError) -> Int {
        var taken = 0
        var failure: Int32 = 0
        let before = bytes.count
        bytes.append(contentsOf: repeatElement(0, count: count))
        repeat {
            failure = 0
            // SAFETY: `count` bytes behind `before` are the array's own.
            taken = unsafe bytes.withUnsafeMutableBytes {
                unsafe Glibc.read(descriptor, $0.baseAddress.map { unsafe $0 + before }, count)
            }
            if taken < 0 { failure = errno }
        } while failure == EINTR
        bytes.removeLast(count - max(0, taken))
        if taken == 0 { failure = EIO }
        if failure != 0 { throw SystemError(call: "read", errno: failure, subject: path) }
        return taken
    }
}

internal import Glibc

/// A system call that failed, with what it was about.
public struct SystemError: Error, Sendable, Equatable, CustomStringConvertible {
    public var call: String
    public var errno: Int32
    /// The peer, path or program that the call was about.
    public var subject: String?

    public init(call: String, errno: Int32, subject: String? = nil) {
        self.call = call
        self.errno = errno
        self.subject = subject
    }

    /// `connect 127.0.0.1:80: ECONNREFUSED (Connection refused)`
    public var description: String {
        call + (subject.map { " \($0)" } ?? "") + ": \(Self.name(of: errno)) (\(Self.text(of: errno)))"
    }

    /// What the system says of an error number.
    public static func text(of errno: Int32) -> String {
        var buffer = [CChar](repeating: 0, count: 128)
        // SAFETY: the buffer outlives the call and its size is passed; the XSI function writes a terminated text.
        let failed = unsafe strerror_r(errno, &buffer, buffer.count) != 0
        return failed ? "error \(errno)" : text(upToZero: buffer)
    }

    private static func text(upToZero characters: [CChar]) -> String {
        String(decoding: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The symbolic name of an error number, as manuals have it.
    public static func name(of errno: Int32) -> String { names[errno] ?? "errno \(errno)" }

    private static let names: [Int32: String] = [
        EACCES: "EACCES", EADDRINUSE: "EADDRINUSE", EADDRNOTAVAIL: "EADDRNOTAVAIL", EAGAIN: "EAGAIN",
        EBADF: "EBADF",
        ECONNABORTED: "ECONNABORTED", ECONNREFUSED: "ECONNREFUSED", ECONNRESET: "ECONNRESET",
        EEXIST: "EEXIST",
        EHOSTUNREACH: "EHOSTUNREACH", EINTR: "EINTR", EINVAL: "EINVAL", EISDIR: "EISDIR", EMFILE: "EMFILE",
        ENAMETOOLONG: "ENAMETOOLONG",
        ENETUNREACH: "ENETUNREACH", ENFILE: "ENFILE", ENOENT: "ENOENT", ENOEXEC: "ENOEXEC", ENOMEM: "ENOMEM",
        ENOSPC: "ENOSPC", ENOTDIR: "ENOTDIR", EPERM: "EPERM", EPIPE: "EPIPE", EPROTO: "EPROTO",
        ESRCH: "ESRCH",
        ETIMEDOUT: "ETIMEDOUT", ENETDOWN: "ENETDOWN", ENOBUFS: "ENOBUFS",
        EBUSY: "EBUSY", ENOSYS: "ENOSYS",
    ]

    /// Passes on the result of a CLinux function, which is negative errno on failure.
    static func check(_ result: Int32, _ call: String, subject: String? = nil) throws(SystemError) -> Int32 {
        guard result >= 0 else { throw SystemError(call: call, errno: -result, subject: subject) }
        return result
    }
}

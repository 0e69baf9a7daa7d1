internal import Glibc

/// Files as whole values; every failure names the call and the path.
public enum Files {
    /// - Parameter limitBytes: a larger file is refused with EFBIG.
    public static func read(_ path: String, limitBytes: Int = 256 << 20) throws(SystemError) -> [UInt8] {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemError(call: "open", errno: errno, subject: path) }
        defer { closeDescriptor(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            // SAFETY: at most the chunk's size is written.
            let count = unsafe Glibc.read(descriptor, &chunk, chunk.count)
            if count == 0 { return bytes }
            if count < 0 {
                if errno == EINTR { continue }
                throw SystemError(call: "read", errno: errno, subject: path)
            }
            guard bytes.count + count <= limitBytes else {
                throw SystemError(call: "read", errno: EFBIG, subject: path)
            }
            bytes.append(contentsOf: chunk[0..<count])
        }
    }

    /// Writes a whole file beside its place and renames it there, so that no reader sees half of it.
    public static func write(_ bytes: [UInt8], to path: String) throws(SystemError) {
        let draft = "\(path).\(getpid()).part"
        do {
            let file = try AppendingFile(draft, truncating: true)
            try file.append(bytes)
        }
        guard unsafe rename(draft, path) == 0 else {
            throw SystemError(call: "rename", errno: errno, subject: path)
        }
    }

    /// Makes a folder and those above it; one that is there already is fine.
    public static func makeFolder(_ path: String) throws(SystemError) {
        var built = path.hasPrefix("/") ? "/" : ""
        for part in path.split(separator: "/") {
            built += built.isEmpty || built == "/" ? String(part) : "/\(part)"
            if unsafe mkdir(built, 0o755) != 0, errno != EEXIST {
                throw SystemError(call: "mkdir", errno: errno, subject: built)
            }
        }
    }

    public enum Kind: Sendable { case file, folder, other }

    /// What stands at a path; `nil` when nothing does.
    public static func kind(of path: String) -> Kind? {
        var status = stat()
        // SAFETY: stat writes the structure it is given.
        guard unsafe stat(path, &status) == 0 else { return nil }
        return switch status.st_mode & S_IFMT {
        case S_IFREG: .file
        case S_IFDIR: .folder
        default: .other
        }
    }

    /// Whether a path is a file that this process may run.
    public static func isExecutable(_ path: String) -> Bool {
        unsafe access(path, X_OK) == 0 && kind(of: path) == .file
    }

    /// Size of a file in bytes and when it was changed, in seconds since 1970; `nil` when nothing is there.
    public static func facts(of path: String) -> (bytes: Int, changed: Int)? {
        var status = stat()
        // SAFETY: stat writes the structure it is given.
        guard unsafe stat(path, &status) == 0 else { return nil }
        return (Int(status.st_size), status.st_mtim.tv_sec)
    }

    /// How many bytes an ordinary user may still write to the file system of a path; `nil` when nothing is there.
    public static func roomBytes(at path: String) -> Int? {
        var facts = statvfs()
        // SAFETY: statvfs writes the structure it is given.
        guard unsafe statvfs(path, &facts) == 0 else { return nil }
        return Int(clamping: UInt64(facts.f_bavail) * UInt64(facts.f_frsize))
    }

    /// Whether a file system in memory is mounted at exactly this path.
    public static func isMemory(at path: String) -> Bool {
        guard let mounts = try? read("/proc/self/mounts") else { return false }
        return String(decoding: mounts, as: UTF8.self).contains(" \(path) tmpfs ")
    }

    /// Makes a file or folder look changed just now; one that is not there or not ours stays as it is.
    public static func touch(_ path: String) { _ = unsafe utimes(path, nil) }

    /// Gives a file or folder a new place on the same file system, all at once.
    public static func move(_ path: String, to target: String) throws(SystemError) {
        guard unsafe rename(path, target) == 0 else {
            throw SystemError(call: "rename", errno: errno, subject: "\(path) → \(target)")
        }
    }

    /// Names in a folder, sorted, without `.` and `..`.
    public static func names(in folder: String) throws(SystemError) -> [String] {
        guard let handle = unsafe opendir(folder) else {
            throw SystemError(call: "opendir", errno: errno, subject: folder)
        }
        // SAFETY: the handle is closed once, after the last use of an entry.
        defer { unsafe closedir(handle) }
        var names: [String] = []
        while let entry = unsafe readdir(handle) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Removes a file, or a folder with all that is in it; nothing there is fine. Links are removed, not followed.
    public static func remove(_ path: String) throws(SystemError) {
        if unsafe unlink(path) == 0 || errno == ENOENT { return }
        guard errno == EISDIR || errno == EPERM else {
            throw SystemError(call: "unlink", errno: errno, subject: path)
        }
        for name in try names(in: path) { try remove(path + "/" + name) }
        guard unsafe rmdir(path) == 0 else { throw SystemError(call: "rmdir", errno: errno, subject: path) }
    }

    /// The path without `.`, `..` and links; `nil` when nothing is there.
    public static func resolved(_ path: String) -> String? {
        guard let raw = unsafe realpath(path, nil) else { return nil }
        // SAFETY: realpath allocated a terminated text that is ours to free.
        defer { unsafe free(raw) }
        return unsafe String(cString: raw)
    }

    /// The folder that relative paths start from.
    public static var current: String { resolved(".") ?? "." }
}

/// A file that lines are added to.
///
/// `@unchecked Sendable`: a descriptor opened with O_APPEND; each append is one write.
public final class AppendingFile: @unchecked Sendable {
    private let descriptor: Int32
    public let path: String

    public init(_ path: String, truncating: Bool = false) throws(SystemError) {
        self.path = path
        descriptor = unsafe open(
            path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | (truncating ? O_TRUNC : 0), 0o644)
        guard descriptor >= 0 else { throw SystemError(call: "open", errno: errno, subject: path) }
    }

    deinit { closeDescriptor(descriptor) }

    public func append(_ bytes: [UInt8]) throws(SystemError) {
        var done = 0
        while done < bytes.count {
            // SAFETY: the rest of the array is read during the call.
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.write(
                    descriptor, buffer.baseAddress.map { unsafe $0 + done }, buffer.count - done)
            }
            if count < 0 {
                if errno == EINTR { continue }
                throw SystemError(call: "write", errno: errno, subject: path)
            }
            done += count
        }
    }
}

/// What is known of this process and machine.
public enum Host {
    public static func environment(_ name: String) -> String? {
        // SAFETY: the environment is not changed while Assay runs.
        guard let value = unsafe getenv(name) else { return nil }
        return unsafe String(cString: value)
    }

    /// All of the environment, in its order.
    public static var environment: [(name: String, value: String)] {
        var all: [(String, String)] = []
        var entry = unsafe environ
        // SAFETY: `environ` ends with a null pointer; texts are terminated.
        while let text = unsafe entry.pointee {
            let line = unsafe String(cString: text)
            if let equals = line.firstIndex(of: "=") {
                all.append((String(line[..<equals]), String(line[line.index(after: equals)...])))
            }
            unsafe entry += 1
        }
        return all
    }

    public static var processID: Int32 { getpid() }
    public static var cores: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }
    public static var memoryBytes: Int { sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE)) }

    public static var name: String {
        var buffer = [CChar](repeating: 0, count: 256)
        // SAFETY: the size is passed.
        guard unsafe gethostname(&buffer, buffer.count) == 0 else { return "unknown" }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// `Linux 6.1.0 x86_64`.
    public static var system: String {
        var names = utsname()
        // SAFETY: uname fills the structure; its fields are terminated texts.
        guard unsafe uname(&names) == 0 else { return "unknown" }
        func text(_ bytes: UnsafeRawBufferPointer) -> String {
            unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        return unsafe withUnsafeBytes(of: &names.sysname, text) + " "
            + withUnsafeBytes(of: &names.release, text) + " "
            + withUnsafeBytes(of: &names.machine, text)
    }

    /// Lets this process open as many descriptors as the system allows; returns how many that is.
    @discardableResult
    public static func raiseDescriptorLimit() -> Int {
        var limit = rlimit()
        // SAFETY: get and set read and write the one structure.
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1024 }
        if limit.rlim_cur < limit.rlim_max {
            limit.rlim_cur = limit.rlim_max
            _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        }
        return Int(clamping: limit.rlim_cur)
    }

    public static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

    /// Columns and rows of the terminal; `nil` when the descriptor is none.
    public static func terminalSize(_ descriptor: Int32) -> (columns: Int, rows: Int)? {
        var size = winsize()
        // SAFETY: the request fills the structure.
        guard unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return (Int(size.ws_col), Int(size.ws_row))
    }

    /// Writes text to a descriptor (1: output, 2: errors); a closed pipe is not an error here.
    public static func write(_ text: String, to descriptor: Int32) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            // SAFETY: the slice is alive and its size is passed.
            let count = unsafe bytes.withUnsafeBytes {
                unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            if count < 0 {
                if errno == EINTR || errno == EAGAIN { continue }
                return
            }
            bytes = bytes.dropFirst(count)
        }
    }
}

/// Clocks; monotonic time is ``Reactor/monotonicNow()``.
public enum WallClock {
    /// Milliseconds since 1970 UTC.
    public static var milliseconds: Int64 { clinuxRealtime() / 1_000_000 }

    /// Seconds since 1970 UTC.
    public static var seconds: Int64 { clinuxRealtime() / 1_000_000_000 }
}

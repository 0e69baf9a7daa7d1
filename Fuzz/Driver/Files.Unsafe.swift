import Glibc

/// Writes a line at once: what stops the process may come next.
func say(_ line: String, to descriptor: Int32 = STDOUT_FILENO) {
    let bytes = Array((line + "\n").utf8)
    _ = unsafe write(descriptor, bytes, bytes.count)
}

/// The files of a folder, hidden ones apart, in the order of their names; `nil` when it cannot be read.
func fileNames(in folder: String) -> [String]? {
    guard let directory = unsafe opendir(folder) else { return nil }
    defer { unsafe _ = closedir(directory) }
    var names: [String] = []
    while let entry = unsafe readdir(directory) {
        guard unsafe entry.pointee.d_type != UInt8(DT_DIR) else { continue }
        // SAFETY: the kernel ends the name with a zero within the entry.
        let name = unsafe withUnsafePointer(to: &entry.pointee.d_name.0) { unsafe String(cString: $0) }
        if !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted()
}

/// A file's bytes; `nil` when it cannot be read.
func fileBytes(_ path: String) -> [UInt8]? {
    let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        let count = unsafe read(file, &piece, piece.count)
        guard count >= 0 else { return nil }
        if count == 0 { return bytes }
        bytes += piece[..<count]
    }
}

/// The input that runs now, in a file that stays when the process is stopped by it.
///
/// The file is mapped, so that writing an input is a copy in memory and needs no call; the kernel keeps what was copied
/// whatever becomes of the process. Only the file's length is put right by a signal handler.
// SAFETY: the mapping is private, of a fixed size and lives as long as the object.
@safe final class CrashFile {
    let path: String
    private let file: Int32
    private let memory: UnsafeMutableRawBufferPointer
    private static let capacity = 1 << 16

    init?(path: String) {
        self.path = path
        file = unsafe open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard file >= 0, ftruncate(file, Self.capacity) == 0 else { return nil }
        let address = unsafe mmap(nil, Self.capacity, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0)
        guard let address = unsafe address, unsafe address != MAP_FAILED else { return nil }
        unsafe memory = UnsafeMutableRawBufferPointer(start: address, count: Self.capacity)
        unsafe crashDescriptor = file
        unsafe crashMessage = strdup("assay-fuzz: this input stopped it: \(path)\n")
        catchFatalSignals()
    }

    func note(_ input: [UInt8]) {
        precondition(input.count <= Self.capacity)
        unsafe memory.copyBytes(from: input)
        unsafe crashLength = input.count
    }

    /// Nothing stopped the process: the file goes away.
    func remove() {
        unsafe crashDescriptor = -1
        unsafe munmap(memory.baseAddress, memory.count)
        close(file)
        unsafe unlink(path)
    }
}

// SAFETY: written by the one thread there is, and read by a handler that runs on it.
nonisolated(unsafe) private var crashDescriptor: Int32 = -1
nonisolated(unsafe) private var crashLength = 0
nonisolated(unsafe) private var crashMessage: UnsafeMutablePointer<CChar>?

/// Shortens the crash file to its input; then the signal does what it would have done.
private func catchFatalSignals() {
    // The handler has a stack of its own: the input may have used up the other one.
    let size = 1 << 16
    unsafe _ = sigaltstack([stack_t(ss_sp: malloc(size), ss_flags: 0, ss_size: size)], nil)
    for signal in [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGALRM] {
        var action = sigaction()
        action.sa_flags = SA_ONSTACK | Int32(bitPattern: UInt32(SA_RESETHAND))
        // SAFETY: only calls that POSIX allows in a handler.
        unsafe action.__sigaction_handler.sa_handler = { signal in
            if unsafe crashDescriptor >= 0, let message = unsafe crashMessage {
                _ = unsafe ftruncate(crashDescriptor, crashLength)
                _ = unsafe write(STDERR_FILENO, message, strlen(message))
            }
            raise(signal)
        }
        unsafe _ = sigaction(signal, &action, nil)
    }
}

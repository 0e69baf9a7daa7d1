internal import CLinux
internal import Glibc

/// Assay's ends of a started keeper.
struct KeeperEnds {
    var process: Int32
    var control: Int32
    var input: Int32
    var output: Int32
    var errors: Int32
}

/// The path of the program that a command names.
///
/// - Throws: ENOENT or EACCES with the program's name.
func resolveProgram(_ spec: ProcessSpec) throws(SystemError) -> String {
    guard let name = spec.command.first, !name.isEmpty else {
        throw SystemError(call: "execve", errno: EINVAL, subject: "an empty command")
    }
    let folder = spec.folder.map { $0 + "/" } ?? ""
    if name.contains("/") {
        let place = name.hasPrefix("/") ? name : folder + name
        if let errno = refusal(place) { throw SystemError(call: "execve", errno: errno, subject: name) }
        return absolute(place)
    }
    let path = spec.environment.last { $0.name == "PATH" }?.value ?? "/usr/local/bin:/usr/bin:/bin"
    var refused = ENOENT
    for part in path.split(separator: ":", omittingEmptySubsequences: false) {
        let place = (part.hasPrefix("/") ? "\(part)/" : folder + (part.isEmpty ? "" : "\(part)/")) + name
        switch refusal(place) {
        case nil: return absolute(place)
        case EACCES?: refused = EACCES
        default: break
        }
    }
    throw SystemError(call: "execve", errno: refused, subject: name)
}

/// From the root, but with links as they are: some programs look at the link they were called by.
private func absolute(_ path: String) -> String { path.hasPrefix("/") ? path : "\(Files.current)/\(path)" }

private func refusal(_ path: String) -> Int32? {
    guard let kind = Files.kind(of: path) else { return ENOENT }
    guard kind == .file else { return EACCES }
    return unsafe access(path, X_OK) == 0 ? nil : EACCES
}

/// Forks the keeper; see Keeper.h.
func startKeeper(_ spec: ProcessSpec, program: String) throws(SystemError) -> KeeperEnds {
    let texts = spec.command + spec.environment.map { "\($0.name)=\($0.value)" }
    if let bad = texts.first(where: { $0.utf8.contains(0) }) {
        throw SystemError(call: "execve", errno: EINVAL, subject: bad.replacingZero)
    }
    // SAFETY: each copy is freed below; the keeper has its own copy of all memory from fork on.
    let copies = unsafe texts.map { unsafe strdup($0) }
    defer { unsafe copies.forEach { unsafe free($0) } }
    let words = unsafe copies.prefix(spec.command.count).map { unsafe UnsafePointer($0) } + [nil]
    let environment = unsafe copies.dropFirst(spec.command.count).map { unsafe UnsafePointer($0) } + [nil]
    var ends = clinux_keeper()
    let grace = Int32(clamping: spec.grace.wholeMilliseconds)
    let result = unsafe program.withCString { program in
        unsafe withOptionalCString(spec.folder) { folder in
            unsafe words.withUnsafeBufferPointer { words in
                unsafe environment.withUnsafeBufferPointer { environment in
                    var raw = unsafe clinux_keeper_spec(
                        program: program, words: words.baseAddress, environment: environment.baseAddress,
                        folder: folder, with_input: spec.input == .none ? 0 : 1, grace_milliseconds: grace,
                        filtered: spec.supervision == nil ? 0 : 1)
                    // SAFETY: everything it points to is alive for the call.
                    return unsafe clinux_keeper_start(&raw, &ends)
                }
            }
        }
    }
    _ = try SystemError.check(result, "fork", subject: spec.command[0])
    return KeeperEnds(
        process: ends.pid, control: ends.control, input: ends.input, output: ends.output,
        errors: ends.errors)
}

private func withOptionalCString<Result>(
    _ text: String?, _ body: (UnsafePointer<CChar>?) -> Result
) -> Result {
    guard let text else { return body(nil) }
    return unsafe text.withCString { unsafe body($0) }
}

/// read; never waits.
func readPipe(_ descriptor: Int32, into chunk: inout [UInt8]) -> Transfer {
    while true {
        // SAFETY: at most the chunk's size is written.
        let count = unsafe read(descriptor, &chunk, chunk.count)
        if count > 0 { return .moved(count) }
        if count == 0 { return .end }
        if errno == EINTR { continue }
        return errno == EAGAIN ? .later : .failed(errno)
    }
}

/// write without a SIGPIPE that anyone notices; never waits.
func writePipe(_ descriptor: Int32, _ bytes: ArraySlice<UInt8>) -> Transfer {
    var pipeSignal = sigset_t()
    var before = sigset_t()
    // SAFETY: locals only. The signal is blocked in this thread for the call, and taken back when it came from it.
    unsafe sigemptyset(&pipeSignal)
    unsafe sigaddset(&pipeSignal, SIGPIPE)
    unsafe pthread_sigmask(SIG_BLOCK, &pipeSignal, &before)
    defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
    while true {
        let count = unsafe bytes.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
        if count >= 0 { return .moved(count) }
        let error = errno
        if error == EINTR { continue }
        if error == EPIPE {
            var none = timespec()
            unsafe sigtimedwait(&pipeSignal, nil, &none)
        }
        return error == EAGAIN ? .later : .failed(error)
    }
}

extension String {
    fileprivate var replacingZero: String { String(map { $0 == "\0" ? "␀" : $0 }) }
}

extension Duration {
    var wholeMilliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}

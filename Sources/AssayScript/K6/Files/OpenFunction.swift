internal import AssayNet

/// The global `open(path, mode)`: a file's content while a script is read.
enum OpenFunction {
    static let global = NativeExport.function("open", arity: 2, open)

    private static func open(
        _ runtime: ScriptRuntime, _: ScriptValue, _ arguments: ScriptArguments
    ) throws(ScriptThrow) -> ScriptValue {
        // Nothing surrounds a script that is recorded.
        guard runtime.host.map({ $0.phase == .initialization }) ?? true else {
            throw runtime.goError(
                "the \"open\" function is only available in the init stage (i.e. the global scope), see "
                    + "https://grafana.com/docs/k6/latest/using-k6/test-lifecycle/ for more information")
        }
        let name = try runtime.optionalText(arguments[0]) ?? ""
        guard !name.isEmpty else { throw runtime.goError("open() can't be used with an empty filename") }
        let path = path(name, runtime)
        let bytes = try read(path, runtime)
        return try runtime.optionalText(arguments[1]) == "b"
            ? runtime.makeArrayBuffer(bytes) : runtime.makeText(bytes)
    }

    private static func read(_ path: String, _ runtime: ScriptRuntime) throws(ScriptThrow) -> [UInt8] {
        if Files.kind(of: path) == .folder {
            throw runtime.goError("open() can't be used with directories, path: \"\(path)\"")
        }
        do throws(SystemError) {
            return try Files.read(path)
        } catch {
            let reason = SystemError.text(of: error.errno)
            throw runtime.goError("stat \(path): \(reason.prefix(1).lowercased())\(reason.dropFirst())")
        }
    }

    /// Relative to the file in which the call is written or, when it is not there, to the main script's.
    private static func path(_ name: String, _ runtime: ScriptRuntime) -> String {
        if name.hasPrefix("file://") { return String(name.dropFirst(7)) }
        if name.hasPrefix("/") { return name }
        let error = runtime.makeError("")
        let callers = runtime.describe(error).frames.map(\.file)
        runtime.free(error)
        var candidates: [String] = []
        for base in [callers.first { ModuleName.path($0) != nil }, runtime.program.main] {
            guard let base, case .success(let found) = ModuleName.resolve("./" + name, from: base),
                let path = ModuleName.path(found)
            else { continue }
            candidates.append(path)
        }
        return candidates.first { Files.kind(of: $0) != nil } ?? candidates.last ?? name
    }
}

public import AssayCore
internal import AssayNet
internal import CScriptEngine
internal import Glibc
internal import Synchronization

/// The JavaScript engine of k6 scripts and Artillery processors, loaded when the first script is read.
///
/// It is a library of its own (`scripts/setup --only k6` makes it): Assay runs without it, but no script does.
@safe public struct ScriptEngine: Sendable {
    // SAFETY: a constant table of a library that is never unloaded.
    nonisolated(unsafe) let table: UnsafePointer<script_engine>

    private static let hasRemembered = Mutex(false)

    /// Tells names that all runtimes will have, so that they keep them in common; the first ones told count.
    func remember(_ names: [String]) {
        let isFirst = Self.hasRemembered.withLock { done in
            defer { done = true }
            return !done
        }
        guard isFirst else { return }
        // SAFETY: the engine copies what it is told.
        let copies = unsafe names.map { unsafe UnsafePointer(strdup($0)) }
        defer { unsafe copies.forEach { unsafe free(UnsafeMutablePointer(mutating: $0)) } }
        unsafe copies.withUnsafeBufferPointer {
            unsafe table.pointee.remember_names(Int32($0.count), $0.baseAddress)
        }
    }

    /// Names another library, for tests and for installations that keep it elsewhere.
    static let variable = "ASSAY_SCRIPT_ENGINE"

    private static let loaded: Result<ScriptEngine, Diagnostic> = open()

    /// The engine, or what is missing and how to get it (AS600).
    public static func load() -> Result<ScriptEngine, Diagnostic> { loaded }

    /// Whether scripts can run here.
    public static var isPresent: Bool {
        if case .success = loaded { return true }
        return false
    }

    /// Takes out of the process's memory what only its start needed of its own code; what is still used comes back.
    public static func letGoOfCode() { script_let_go_of_code() }

    /// The engine's own version.
    public var version: String { unsafe String(cString: table.pointee.engine_version) }

    /// Where the library may be; the first one that can be loaded counts.
    static var places: [String] {
        if let chosen = environment(variable) { return [chosen] }
        let name = "libassay-quickjs.so"
        var places: [String] = []
        if let cache = environment("XDG_CACHE_HOME") ?? environment("HOME").map({ $0 + "/.cache" }) {
            places.append("\(cache)/assay/quickjs/\(name)")
        }
        return places + ["/usr/local/lib/assay/\(name)", "/usr/lib/assay/\(name)"]
    }

    private static func environment(_ name: String) -> String? {
        // SAFETY: the text is copied at once; nothing changes the environment while Assay runs.
        guard let value = unsafe getenv(name), unsafe value.pointee != 0 else { return nil }
        return unsafe String(cString: value)
    }

    /// - Returns: what is wrong with the first one that is there, when none can be loaded.
    static func open(_ places: [String] = places) -> Result<ScriptEngine, Diagnostic> {
        var failure: Diagnostic?
        for path in places where unsafe access(path, R_OK) == 0 {
            switch open(path) {
            case .success(let engine): return .success(engine)
            case .failure(let reason): failure = failure ?? reason
            }
        }
        return .failure(failure ?? absence("there is none in \(places.joined(separator: ", "))"))
    }

    private static func open(_ path: String) -> Result<ScriptEngine, Diagnostic> {
        var message: UnsafeMutablePointer<CChar>?
        // SAFETY: the message is the callee's gift, copied and freed here.
        guard let table = unsafe script_engine_load(path, &message) else {
            var reason = "it cannot be loaded"
            if let message = unsafe message { reason = unsafe String(cString: message) }
            unsafe free(message)
            return .failure(absence("\(path): \(reason)"))
        }
        return .success(unsafe ScriptEngine(table: table))
    }

    private static func absence(_ reason: String) -> Diagnostic {
        Diagnostic(
            "AS600", "scripts need the JavaScript engine, and \(reason)",
            fix: "make it with: scripts/setup --only k6")
    }
}

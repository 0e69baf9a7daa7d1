public import AssayCore
internal import AssayFormats
internal import AssayNet

/// A script with everything it imports, read and compiled once and shared by all virtual users.
public final class ScriptProgram: Sendable {
    public let engine: ScriptEngine
    /// The main module's name: `file:///…`.
    public let main: String
    /// The main file's path, as it was given.
    public let path: String
    let builtIns: BuiltIns
    /// Bytecode by resolved name.
    let modules: [String: [UInt8]]
    /// Where their texts were read.
    let sources: Sources
    /// The parts of the language that its texts may ask for; see ``SourceWords``.
    let parts: Int32
    /// Names of built-in exports that stand in its texts; `nil` when any may be asked for.
    let words: Set<String>?
    /// What its runtimes share.
    let shared = ScriptShared()

    init(
        engine: ScriptEngine, main: String, path: String, builtIns: BuiltIns, sources: Sources,
        modules: [String: [UInt8]], texts: [[UInt8]] = []
    ) {
        let exports = builtIns.modules.flatMap(\.exports).map(\.name)
        let found = texts.isEmpty ? nil : SourceWords(texts, exports: exports)
        parts = found?.parts ?? SourceWords.allParts
        words = found?.exports
        self.engine = engine
        self.main = main
        self.path = path
        self.builtIns = builtIns
        self.modules = modules
        self.sources = sources
    }

    /// What scripts find without a file: modules by name, and globals.
    public struct BuiltIns: Sendable {
        let modules: [NativeModule]
        let globals: [NativeExport]
        let numbers: [String: Int]
        /// Why a module of a name is not offered; `nil` for a name of which nothing is known.
        let refusal: @Sendable (_ name: String) -> SourceFailure?
        /// Where all other modules are read.
        let sources: Sources

        public init(
            modules: [NativeModule], globals: [NativeExport] = [],
            refusal: @escaping @Sendable (_ name: String) -> SourceFailure? = { _ in nil },
            sources: Sources = .files, commonNames: [String] = []
        ) {
            self.modules = modules
            self.globals = globals
            self.refusal = refusal
            self.sources = sources
            self.commonNames = commonNames
            numbers = Dictionary(
                modules.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
        }

        /// Of properties that most scripts meet, beside those of modules and globals.
        private let commonNames: [String]

        /// Names that every runtime will have.
        var names: [String] {
            commonNames + modules.map(\.name) + (modules.flatMap(\.exports) + globals).flatMap(\.names)
        }
    }

    /// How the sources of a program are found.
    public struct Sources: Sendable {
        /// The bytes of a file or of an `https://` module; a message when there are none.
        public var read: @Sendable (_ name: String) -> Result<[UInt8], SourceFailure>

        public init(read: @escaping @Sendable (_ name: String) -> Result<[UInt8], SourceFailure>) {
            self.read = read
        }

        /// Files only.
        public static let files = Sources { name in
            guard let path = ModuleName.path(name) else {
                return .failure(SourceFailure("'\(name)' is no file"))
            }
            do throws(SystemError) {
                return .success(try Files.read(path))
            } catch {
                return .failure(SourceFailure("\(error)"))
            }
        }
    }

    /// Why a module is not there.
    public struct SourceFailure: Error {
        public var message: String
        public var code: DiagnosticCode
        /// What to do about it.
        public var fix: String?

        public init(_ message: String, code: DiagnosticCode = "AS601", fix: String? = nil) {
            self.message = message
            self.code = code
            self.fix = fix
        }
    }

    /// Reads a script and what it imports.
    ///
    /// - Parameters:
    ///   - path: absolute, or from the current folder.
    ///   - sources: those of `builtIns` unless given.
    ///   - keepsSource: whether functions can tell their own text.
    /// - Returns: or why it is none: the engine is absent (AS600), it does not compile or imports what is not there (AS601).
    public static func make(
        path: String, builtIns: BuiltIns, sources: Sources? = nil, keepsSource: Bool = false
    ) -> Result<ScriptProgram, Diagnostic> {
        let engine: ScriptEngine
        switch ScriptEngine.load() {
        case .success(let loaded): engine = loaded
        case .failure(let absence): return .failure(absence)
        }
        engine.remember(builtIns.names)
        let main = ModuleName.file(path)
        let sources = sources ?? builtIns.sources
        let empty = ScriptProgram(
            engine: engine, main: main, path: path, builtIns: builtIns, sources: sources, modules: [:])
        let builder = ProgramBuilder(sources: sources, builtIns: builtIns, keepsSource: keepsSource)
        // Sources are read on its stack, too, and types nest.
        guard let runtime = try? ScriptRuntime(empty, .init(stack: 16 << 20)) else {
            return .failure(Diagnostic("AS601", "there is no memory for the script"))
        }
        runtime.builder = builder
        var failure: ScriptException?
        runtime.enterNow { runtime in
            do throws(ScriptThrow) {
                try builder.loadMain(main, in: runtime)
            } catch {
                failure = runtime.exception(of: error)
            }
        }
        if let missing = builder.missing { return .failure(missing) }
        if let failure { return .failure(failure.diagnostic("AS601")) }
        return .success(
            ScriptProgram(
                engine: engine, main: main, path: path, builtIns: builtIns, sources: sources,
                modules: builder.modules, texts: Array(builder.texts.values)))
    }
}

// SAFETY: modules are pointers into the engine's context, handed on and never kept.

/// Reads and compiles modules as they are imported.
final class ProgramBuilder {
    private(set) var modules: [String: [UInt8]] = [:]
    /// Why a module is not there, where it was imported.
    private(set) var missing: Diagnostic?
    /// Who imported a module first, and as what.
    private var importers: [String: (base: String, name: String)] = [:]
    private(set) var texts: [String: [UInt8]] = [:]
    private let sources: ScriptProgram.Sources
    private let builtIns: ScriptProgram.BuiltIns
    private let keepsSource: Bool

    init(sources: ScriptProgram.Sources, builtIns: ScriptProgram.BuiltIns, keepsSource: Bool) {
        self.sources = sources
        self.builtIns = builtIns
        self.keepsSource = keepsSource
    }

    func loadMain(_ name: String, in runtime: ScriptRuntime) throws(ScriptThrow) {
        guard let module = unsafe load(name, in: runtime) else { throw .pending }
        try unsafe runtime.resolveImports(of: module)
    }

    /// - Returns: `nil` when it has thrown.
    func load(_ name: String, in runtime: ScriptRuntime) -> OpaquePointer? {
        if let refusal = builtIns.refusal(name) {
            miss(name, refusal.message, refusal, in: runtime)
            return nil
        }
        let source: [UInt8]
        if let number = builtIns.numbers[name], let text = builtIns.modules[number].source {
            source = Array(text.utf8)
        } else {
            switch sources.read(name) {
            case .success(let bytes): source = bytes
            case .failure(let failure):
                let message = "the module \(ModuleName.shown(name)) cannot be read: \(failure.message)"
                miss(name, message, failure, in: runtime)
                return nil
            }
        }
        texts[name] = source
        let plain: [UInt8]
        do throws(TypeScriptError) {
            plain = try name.hasSuffix(".ts") ? TypeScript.erased(source) : source
        } catch {
            refuse(name, error, in: runtime)
            return nil
        }
        let code = translated(plain, name)
        do throws(ScriptThrow) {
            let (module, bytes) = unsafe try runtime.compile(code, name: name, keepsSource: keepsSource)
            modules[name] = bytes
            return unsafe module
        } catch {
            _ = runtime.raise(error)
            return nil
        }
    }
}

extension ProgramBuilder {
    /// A module of the older kind as a newer one; others as they are.
    private func translated(_ source: [UInt8], _ name: String) -> [UInt8] {
        let old = CommonJS(String(decoding: source, as: UTF8.self))
        guard old.isNeeded else { return source }
        let found = old.required.filter { isThere($0, for: name) }
        let importer = importers[name]
        let text = importer.flatMap { texts[$0.base] }.map { String(decoding: $0, as: UTF8.self) } ?? ""
        let names = importer.map { CommonJS.names(importedFrom: $0.name, in: text) } ?? []
        return Array(old.rendered(found: found, names: names).utf8)
    }

    /// Whether a module that `base` requires can be read; what is in comments and texts looks like one, too.
    private func isThere(_ name: String, for base: String) -> Bool {
        guard case .success(let resolved) = ModuleName.resolve(name, from: base) else { return false }
        if builtIns.numbers[resolved] != nil || modules[resolved] != nil || texts[resolved] != nil {
            return true
        }
        // What is refused is told at once; a plain name may be a bundler's own.
        if builtIns.refusal(resolved) != nil || resolved.contains("://") && ModuleName.path(resolved) == nil {
            return true
        }
        if case .success = sources.read(resolved) { return true }
        return false
    }

    /// Takes down who imports what.
    func note(_ name: String, resolved: String, from base: String) {
        if importers[resolved] == nil { importers[resolved] = (base, name) }
    }

    /// A module that is written in types that cannot be taken off.
    private func refuse(_ name: String, _ error: TypeScriptError, in runtime: ScriptRuntime) {
        let path = ModuleName.path(name) ?? name
        let location = SourceLocation(
            file: path, line: error.line, column: error.column, length: error.length)
        missing = Diagnostic(
            error.code, "TypeScript: \(error.message)", at: location,
            line: error.text, fix: error.fix)
        _ = runtime.raise(.syntaxError(error.message))
    }

    private func miss(
        _ name: String, _ message: String, _ failure: ScriptProgram.SourceFailure, in runtime: ScriptRuntime
    ) {
        let found = importers[name].flatMap { self.place(of: $0.name, in: $0.base) }
        missing = Diagnostic(failure.code, message, at: found?.location, line: found?.line, fix: failure.fix)
        _ = runtime.raise(.error(message))
    }

    /// Where a file names a module.
    private func place(of name: String, in base: String) -> (location: SourceLocation, line: String)? {
        guard let path = ModuleName.path(base), let text = texts[base] else { return nil }
        let lines = String(decoding: text, as: UTF8.self).split(omittingEmptySubsequences: false) {
            $0.isNewline
        }
        for (index, line) in lines.enumerated() {
            for quote in ["'", "\"", "`"] {
                let wanted = quote + name + quote
                guard let range = String(line).firstRange(of: wanted) else { continue }
                let before = String(line)[..<range.lowerBound]
                let location = SourceLocation(
                    file: path, line: index + 1, column: before.unicodeScalars.count + 1,
                    length: wanted.unicodeScalars.count)
                return (location, String(line))
            }
        }
        return nil
    }
}

extension ScriptException {
    /// As a message of Assay, at the innermost place that is in a file.
    public func diagnostic(_ code: DiagnosticCode) -> Diagnostic {
        let place = frames.lazy.compactMap { frame -> SourceLocation? in
            ModuleName.path(frame.file).map {
                SourceLocation(file: $0, line: max(1, frame.line), column: max(1, frame.column))
            }
        }.first
        return Diagnostic(code, headline, at: place)
    }
}

extension TypeScriptError {
    /// Of what is wrong, or of what is right and not carried over.
    var code: DiagnosticCode { fix == nil ? "AS685" : "AS686" }
}

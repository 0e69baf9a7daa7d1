internal import AssayCore
internal import AssayFormats
internal import AssayImport
internal import AssayNet
internal import AssayRunner
internal import AssayScript

/// The functions in JavaScript of a script of Artillery.
extension ArtillerySource {
    /// Reads and compiles the module that a script names.
    static func program(_ processor: ArtilleryProcessor?) -> Result<ScriptProgram?, Diagnostics> {
        guard let processor else { return .success(nil) }
        let path = processor.path
        // As Node finds it: the ending may be left out.
        let endings = ["", ".js", ".cjs", ".mjs", ".ts", "/index.js", "/index.ts"]
        let found = endings.lazy.map { path + $0 }.first { Files.kind(of: $0) == .file }
        guard let found else {
            return .failure(
                Diagnostics([
                    Diagnostic("AS614", "there is no processor '\(path)'", at: processor.location)
                ]))
        }
        let absolute = found.hasPrefix("/") ? found : Files.current + "/" + found
        return ScriptProgram.make(path: absolute, builtIns: ProcessorModules.builtIns)
            .map { $0 }.mapError { Diagnostics([$0]) }
    }

    /// Runs the module's own code once, to see what is wrong with it before there is a load.
    ///
    /// - Returns: what calls its functions, and warnings of those that it has not.
    func ready(
        _ program: ScriptProgram, _ processor: ArtilleryProcessor, _ environment: [String: String],
        _ ground: LoadGround
    ) async -> Result<(HookWork?, [Diagnostic]), Diagnostics> {
        let (console, masker) = (ground.console, ground.running.masker)
        let log = ScriptLog { line in
            guard line.level != .debug else { return }
            console.print(masker.mask(line.text))
        }
        var work = ScriptWork(program, options: .null, metrics: [], log: log)
        work.environment = environment
        var quiet = work
        quiet.log = ScriptLog { _ in }
        switch await ScriptAside.open(quiet, on: ground.reactor, within: ground.scope) {
        case .failure(let exception):
            var diagnostic = exception.diagnostic("AS670")
            diagnostic.message = "the processor cannot be loaded: \(diagnostic.message)"
            return .failure(Diagnostics([diagnostic]))
        case .success(let aside):
            let missing = processor.functions.filter { function in
                // What `ifTrue` names may be a variable.
                function.key != "ifTrue" && !function.name.contains("{{") && !aside.hasFunction(function.name)
            }
            let warnings = missing.map { function in
                Diagnostic(
                    "AS619", "the processor has no function '\(function.name)'", at: function.location,
                    fix: "export it: `module.exports = { \(function.name) }`", severity: .warning)
            }
            return .success(
                (HookWork(work, names: processor.names, constants: processor.constants), warnings))
        }
    }
}

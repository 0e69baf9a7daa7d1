internal import AssayFormats
internal import AssayNet
internal import Glibc

/// What a program of the fleet reads before it can serve.
package protocol ProgramSettings {
    /// The program's name.
    static var program: String { get }
    /// What `--help` says.
    static var usage: String { get }
    /// Option → the variable of the environment that it stands for.
    static var options: [String: String] { get }

    init(_ variables: Variables) throws(Misfit)
}

extension ProgramSettings {
    /// Serves by the settings of the command line and the environment.
    ///
    /// Ends the process with 2 when these cannot be used and with 1 when serving cannot begin.
    package static func launch(_ arguments: [String], _ serve: (Self) throws -> Void) {
        let settings: Self
        do throws(Misfit) {
            let variables = try Variables(arguments, options: options) { Host.environment($0) }
            if variables.wantsHelp {
                Host.write(usage + "\n", to: 1)
                return
            }
            settings = try Self(variables)
        } catch {
            Host.write("\(program): \(error)\n\(usage)\n", to: 2)
            exit(2)
        }
        do {
            try serve(settings)
        } catch {
            Log(least: .error).write(.error, "cannot start", [("reason", .string("\(error)"))])
            exit(1)
        }
    }
}

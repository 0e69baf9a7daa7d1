internal import AssayCLI
internal import Glibc

@main
struct Main {
    static func main() {
        let status = AssayCommandLine.exitStatus(Array(CommandLine.arguments.dropFirst()))
        exit(status)
    }
}

internal import AssayContracts
internal import AssayCore
internal import AssayDoubles
internal import AssayNet

/// The pacts that the doubles of a run become.
struct PactWriters: Sendable {
    private var recorders: [PactRecorder] = []

    /// Makes a recorder for each double that says so; with a folder, for each that speaks HTTP.
    ///
    /// - Parameter folder: of the command line; `nil` without one.
    init(_ project: Project, folder: String?) {
        for spec in project.doubles {
            guard let kind = spec.kind as? HTTPDoubleKind, kind.pacts != nil || folder != nil else {
                continue
            }
            recorders.append(
                PactRecorder(
                    of: spec.name, consumer: kind.pacts?.consumer ?? project.name,
                    provider: kind.pacts?.provider ?? spec.name,
                    folder: folder ?? kind.pacts?.folder ?? "pacts",
                    routes: (kind.options as? RouteTable)?.routes ?? []))
        }
    }

    func watch(_ double: String) -> DoubleWatch? { recorders.first { $0.double == double }?.watch }

    var isEmpty: Bool { recorders.isEmpty }

    /// Writes what was recorded.
    ///
    /// - Returns: a line for each file that changed, and what went wrong.
    func write(masked mask: @escaping (String) -> String) -> (lines: [String], problems: [Diagnostic]) {
        var lines: [String] = []
        var problems: [Diagnostic] = []
        for recorder in recorders {
            let interactions = recorder.interactions(masked: mask)
            guard !interactions.isEmpty else { continue }
            do throws(Diagnostics) {
                let written = try PactFiles.merge(
                    interactions, of: recorder.consumer, and: recorder.provider, into: recorder.folder)
                if written.isChanged {
                    lines.append(
                        "pact   \(written.path)   \(interactions.count) interaction\(interactions.count == 1 ? "" : "s")"
                    )
                }
            } catch {
                problems += error.all
            }
            if recorder.dropped > 0 {
                problems.append(
                    Diagnostic(
                        "AS485",
                        "\(recorder.dropped) exchanges of double '\(recorder.double)' are not in its pact: they were too many or too large",
                        severity: .warning))
            }
        }
        return (lines, problems)
    }
}

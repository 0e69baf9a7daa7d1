internal import AssayCore
internal import AssayNet
internal import AssayPolicy
internal import AssayStand

/// The network guard of a stand, and what it saw.
///
struct OutsideWatch: Sendable {
    private let network: NetworkGuard?
    let policy: Project.PolicySpec.ExternalCalls
    private let detail: String

    /// - Returns: `nil` when the policy lets services reach everything.
    /// - Throws: ``StandFailure`` when calls cannot be refused here; not to be able to report them is only told.
    static func begin(_ policy: Project.PolicySpec.ExternalCalls, on reactor: Reactor)
        throws(StandFailure) -> OutsideWatch?
    {
        guard policy != .allow else { return nil }
        var forced: NetworkGuard.Mechanism?
        if let word = Host.environment("ASSAY_GUARD"), !word.isEmpty {
            forced = NetworkGuard.Mechanism(rawValue: word)
            if forced == nil {
                let known = NetworkGuard.Mechanism.allCases.map(\.rawValue).joined(separator: ", ")
                throw StandFailure(
                    member: "network guard", message: "ASSAY_GUARD is '\(word)', and can be one of \(known)")
            }
        }
        do throws(SystemError) {
            let network = try NetworkGuard(on: reactor, forcing: forced, lettingThrough: policy == .report)
            // What the first use makes belongs to this reactor; steps run on others too.
            var program = ProcessSpec(command: [])
            try network.apply(to: &program, member: step)
            let what = policy == .deny ? "refuses external calls" : "reports external calls"
            return OutsideWatch(network: network, policy: policy, detail: "\(what): \(network.summary)")
        } catch {
            let reason = error.subject ?? error.description
            guard policy == .report else { throw StandFailure(member: "network guard", message: reason) }
            return OutsideWatch(
                network: nil, policy: policy, detail: "external calls cannot be reported here: \(reason)")
        }
    }

    func allow(port: UInt16) { network?.allow(port: port) }
    func allow(folder: String) { network?.allow(folder: folder) }

    /// For a stand's surroundings.
    var prepare: @Sendable (inout ProcessSpec, String) throws(SystemError) -> Void {
        let network = network
        return { (program, service) throws(SystemError) in
            try network?.apply(to: &program, member: service)
        }
    }

    /// For the program of a `run` step; on any reactor.
    func prepareStep(_ program: inout ProcessSpec) throws(SystemError) {
        try network?.apply(to: &program, member: Self.step)
    }

    private static let step = "run step"

    /// The row in reports.
    var member: RunHeader.StandMember {
        RunHeader.StandMember(
            name: "network", kind: .networkGuard, detail: detail, readyAfterNanoseconds: 0)
    }

    /// What was tried, for judging.
    ///
    /// - Parameter start: of the run, CLOCK_MONOTONIC nanoseconds.
    func calls(since start: Int64) -> [ExternalCall] {
        (network?.attempts ?? []).map { attempt in
            ExternalCall(text: attempt.text, atNanoseconds: attempt.times.map { $0 - start })
        }
    }

    /// What could not be kept, in words; `nil` for nothing.
    var overflow: String? {
        let count = network?.attemptsNotKept ?? 0
        return count == 0 ? nil : "\(count) more external calls are not listed: they were too many"
    }

    func close() { network?.close() }
}

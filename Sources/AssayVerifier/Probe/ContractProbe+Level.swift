public import AssayContracts
public import AssayCore
public import AssayNet

extension ContractProbe {
    /// Probes a provider as a level of tests: one result for each operation.
    ///
    /// - Parameters:
    ///   - document: of the provider's interface.
    ///   - contract: what it is called in findings.
    ///   - provider: `http://host:port`, perhaps with a path.
    ///   - level: name of the level.
    ///   - startedAt: of the run (``Reactor/monotonicNow()``), from which results count.
    ///   - mask: hides secrets in what is reported.
    /// - Returns: also what kept the provider from being probed, as a failed result of its own.
    public static func results(
        of document: APIDocument, contract: String, provider: String, level: String, options: ProbeOptions,
        startedAt: Int64, on reactor: Reactor, in scope: CancelScope,
        masked mask: @escaping @Sendable (String) -> String = { $0 }
    ) async -> [TestResult] {
        let offset = Reactor.monotonicNow() - startedAt
        func failed(_ reason: String) -> TestResult {
            TestResult(
                level: level, scenario: "provider of \(contract)",
                location: SourceLocation(file: document.file, line: 1, column: 1), status: .failed,
                reason: reason, startedAtNanoseconds: offset,
                durationNanoseconds: Reactor.monotonicNow() - startedAt - offset)
        }
        let address: LiveAddress
        do throws(LiveAddressError) {
            address = try LiveAddress(provider)
        } catch {
            return [failed("the provider's address cannot be used: \(error)")]
        }
        let report = await ContractProbe(
            document, contract: contract, at: address, options: options, masked: mask
        ).run(on: reactor, in: scope)
        let results = report.results(level: level, offset: offset)
        guard let ended = report.ended else { return results }
        return results + [failed("the provider at \(address) does not answer: \(ended)")]
    }
}

/// What a program that ran to its end left.
public struct ProcessResult: Sendable {
    public var status: ExitStatus
    public var output: [UInt8]
    public var errors: [UInt8]
    /// More was written than the limit; the rest was read and dropped.
    public var isTruncated: Bool
    /// Ended by Assay at the deadline.
    public var timedOut: Bool
    /// Ended by Assay because its scope was cancelled.
    public var cancelled: Bool
}

extension ChildProcess {
    /// Runs a program to its end and collects what it writes; its tree is ended at the deadline and on cancelling.
    ///
    /// - Parameter outputLimitBytes: how much of each stream is kept.
    public static func runToEnd(
        _ spec: ProcessSpec, on reactor: Reactor, until deadline: Int64 = .max, in scope: CancelScope? = nil,
        outputLimitBytes: Int = 1 << 20
    ) async throws(SystemError) -> ProcessResult {
        let process = try await start(spec, on: reactor)
        let output = Task(executorPreference: reactor) { await process.collect(.output, outputLimitBytes) }
        let errors = Task(executorPreference: reactor) { await process.collect(.errors, outputLimitBytes) }
        let ended = await process.ended(until: deadline, in: scope)
        let cancelled = ended == nil && scope?.isCancelled ?? false
        // What it left behind would hold the pipes open.
        await process.stop(grace: ended == nil ? .seconds(2) : spec.grace)
        if !process.isGone { process.closeOutput() }
        let (wrote, complained) = (await output.value, await errors.value)
        return ProcessResult(
            status: process.status ?? .unknown, output: wrote.bytes, errors: complained.bytes,
            isTruncated: wrote.isTruncated || complained.isTruncated, timedOut: ended == nil && !cancelled,
            cancelled: cancelled)
    }

    private func collect(_ stream: Output, _ limit: Int) async -> (bytes: [UInt8], isTruncated: Bool) {
        var kept: [UInt8] = []
        var isTruncated = false
        while let bytes = await read(stream) {
            let room = limit - kept.count
            if bytes.count > room { isTruncated = true }
            kept.append(contentsOf: bytes.prefix(max(0, room)))
        }
        return (kept, isTruncated)
    }
}

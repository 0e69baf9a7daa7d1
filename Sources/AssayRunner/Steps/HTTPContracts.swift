internal import AssayCore
internal import AssayNet
internal import AssayScenario
internal import AssayWire

extension Session {
    /// Judges the last exchange by the contract of the part that it was with.
    ///
    /// In load a sample is judged, each of which counts in `contract.drift`; the first of a kind is kept as a failure.
    func judge(
        _ plan: PlannedHTTP, _ step: PlannedStep, by contracts: any ExchangeJudge, isAsExpected: Bool
    ) -> [Mismatch] {
        // What a load does before and after it is not measured.
        guard journal != nil || meter != nil else { return [] }
        let choice = step.step.expectation.contract
        if let choice, choice.name == nil { return [] }
        let (bytes, origin, method) = sent(plan)
        guard contracts.judges(host: origin.host, port: origin.port, contract: choice?.name) else {
            return []
        }
        // A body that was streamed is nowhere whole, so nothing can be said of the exchange.
        if web?.upload != nil { return [] }
        if let meter, !meter.isNextOfSample() { return [] }
        let request = SentRequest(bytes)
        let drifts = contracts.judge(
            StepExchange(
                host: origin.host, port: origin.port, contract: choice?.name, step: step.step.name,
                isAsExpected: isAsExpected, method: method, target: request.target,
                requestHeaders: request.headers, requestBody: request.body, status: http.last.status,
                responseHeaders: http.headers.fields.map { ($0.name, $0.value) }, responseBody: http.body)
        ).map { context.masker.masked($0) }
        meter?.judged(step, drifts) { report(http.last, plan) }
        return drifts
    }
}

/// A request as Assay writes them, taken apart again.
private struct SentRequest {
    var target = ""
    var headers: [StepExchange.Field] = []
    var body: [UInt8] = []

    init(_ bytes: [UInt8]) {
        var lines: [Substring] = []
        if let end = bytes.firstRange(of: "\r\n\r\n".utf8) {
            lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
            body = Array(bytes[end.upperBound...])
        }
        let words = lines.first?.split(separator: " ") ?? []
        if words.count > 1 { target = String(words[1]) }
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            headers.append((String(line[..<colon]), String(value)))
        }
    }
}

internal import AssayContracts
internal import AssayWire

extension ContractExchange.Request {
    /// With its body unpacked, as its schema describes it; one in a coding that cannot be undone stays and is marked.
    func decoded() -> Self {
        var request = self
        guard let body, let unpacked = unpacked(body, headers) else { return self }
        switch unpacked {
        case .success(let bytes): request.body = bytes
        case .failure: request.isCoded = true
        }
        return request
    }
}

extension ContractExchange.Response {
    /// With its body unpacked, as its schema describes it; one in a coding that cannot be undone stays and is marked.
    func decoded() -> Self {
        var response = self
        guard let unpacked = unpacked(body, headers) else { return self }
        switch unpacked {
        case .success(let bytes): response.body = bytes
        case .failure: response.isCoded = true
        }
        return response
    }
}

/// A larger body is not unpacked.
private let limitBytes = 16 << 20

/// - Returns: `nil` for a body that is as it was written.
private func unpacked(
    _ body: [UInt8], _ headers: [ContractExchange.Header]
) -> Result<[UInt8], ContentError>? {
    let codings = headers.filter { $0.name.lowercased() == "content-encoding" }.map(\.value)
    guard !body.isEmpty, !codings.isEmpty else { return nil }
    do {
        return .success(
            try decodeContent(body, encoding: codings.joined(separator: ","), limitBytes: limitBytes))
    } catch {
        return .failure(error)
    }
}

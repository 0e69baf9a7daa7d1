internal import AssayCore
internal import AssayWire

/// Requests that the kernel does not take in one go.
extension HTTPConnection {
    /// Bytes of a body that are read, and offered to the kernel, at a time.
    private static let pieceBytes = 64 * 1024

    /// Sends a request in the way that `delivery` says, up to the first byte of its answer.
    ///
    /// - Returns: `false` when the exchange is over: ``last`` says how.
    func deliver(_ delivery: RequestDelivery, until deadline: Int64, in scope: CancelScope?) async -> Bool {
        if let count = sendOnce() {
            guard await push(Array(reactor.output.contents[count...]), until: deadline, in: scope) else {
                return false
            }
        }
        if last.outcome != .answered { return false }
        if let upload = delivery.upload {
            if delivery.continueNanoseconds > 0 {
                let bound = min(deadline, Reactor.monotonicNow() &+ delivery.continueNanoseconds)
                guard await awaitContinue(until: bound, in: scope) else { return false }
            }
            guard await send(upload, until: deadline, in: scope) else { return false }
        }
        last.writtenAt = Reactor.monotonicNow()
        return await awaitFirstByte(delivery.firstByteNanoseconds, until: deadline, in: scope)
    }

    private func awaitFirstByte(_ bound: Int64, until deadline: Int64, in scope: CancelScope?) async -> Bool {
        let (sum, isOver) = last.writtenAt.addingReportingOverflow(bound)
        guard !isOver, sum < deadline else { return true }
        while !isAnswering {
            let wake = await channel.readable(until: sum, in: scope)
            if wake != .ready || channel.isClosed {
                let isLate = wake == .timeout
                fail(isLate ? .timeout : .cancelled, isLate ? "no first byte of the response in time" : nil)
                return false
            }
            guard receiveOnce() else { return false }
        }
        return true
    }

    /// Waits for `100 Continue`, for a final answer, or until a server that knows neither has had its time (RFC 9110
    /// §10.1.1).
    ///
    /// - Returns: `false` when the exchange is over.
    private func awaitContinue(until bound: Int64, in scope: CancelScope?) async -> Bool {
        while parser.interimStatus != 100, !isAnswering {
            switch await channel.readable(until: bound, in: scope) {
            case .ready where channel.isClosed:
                fail(.cancelled, nil)
                return false
            case .ready: guard receiveOnce() else { return stopped() }
            case .timeout: return true
            case .cancelled:
                fail(.cancelled, nil)
                return false
            }
        }
        return true
    }

    private func send(_ upload: any HTTPUpload, until deadline: Int64, in scope: CancelScope?) async -> Bool {
        let isChunked = upload.byteCount == nil
        var piece: [UInt8] = []
        do throws(SystemError) { try upload.rewind() } catch { return unreadable(error) }
        while true {
            // An answer that has begun with an error wants no more of the body.
            if parser.status >= 400 { return cut() }
            piece.removeAll(keepingCapacity: true)
            do throws(SystemError) {
                try upload.read(into: &piece, atMost: Self.pieceBytes)
            } catch { return unreadable(error) }
            let isLast = piece.isEmpty
            if isChunked {
                piece = chunk(of: piece)
            } else if isLast {
                return true
            }
            guard await push(piece, until: deadline, in: scope), last.outcome == .answered else {
                return false
            }
            if isLast || !isUsable { return true }
        }
    }

    /// With no bytes it is the last chunk.
    private func chunk(of bytes: [UInt8]) -> [UInt8] {
        var chunk = Array((String(bytes.count, radix: 16) + "\r\n").utf8)
        chunk += bytes
        chunk += "\r\n".utf8
        return chunk
    }

    private func unreadable(_ error: SystemError) -> Bool {
        fail(.notSent, "the body cannot be read: \(error)")
        return false
    }

    /// A whole answer has come before the whole request went: it counts, and the connection is of no more use.
    private func stopped() -> Bool {
        if last.outcome == .answered { close() }
        return false
    }

    /// The same when the answer is not whole yet.
    private func cut() -> Bool {
        spoil()
        return true
    }

    /// Sends bytes, and reads what the server says meanwhile: it may answer before it has read everything, and wait
    /// until its answer is read.
    ///
    /// - Returns: `false` when the exchange is over. `true` also when the peer takes no more; what it has answered is
    ///   worth reading.
    func push(_ bytes: [UInt8], until deadline: Int64, in scope: CancelScope?) async -> Bool {
        var place = 0
        while place < bytes.count {
            switch transmit(bytes, from: place) {
            case .moved(let moved):
                place += moved
                if place == bytes.count { break }
                continue
            case .later: break
            // A server may answer and close without reading everything.
            case .end, .failed:
                spoil()
                return true
            }
            guard place < bytes.count else { break }
            switch await channel.readableOrWritable(until: deadline, in: scope) {
            case .ready where channel.isClosed:
                fail(.cancelled, nil)
                return false
            case .ready: break
            case .timeout:
                fail(.timeout, "the peer did not take the whole request in time")
                return false
            case .cancelled:
                fail(.cancelled, nil)
                return false
            }
            if channel.isReadable, !receiveOnce() { return stopped() }
        }
        return true
    }
}

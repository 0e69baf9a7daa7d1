internal import AssayCore
internal import AssayWire

/// Waiting for an exchange, and giving it up.
extension HTTP2Connection {
    /// The same for a request with more bounds than one.
    func wait(
        for exchange: HTTP2Exchange, _ delivery: HTTP2Delivery, until whole: Int64, in scope: CancelScope?
    ) async {
        let bound = delivery.firstByteNanoseconds
        var firstByte = Int64.max
        if bound < whole &- exchange.askedAt { firstByte = exchange.askedAt &+ bound }
        let release = exchange.askedAt &+ delivery.continueNanoseconds
        while !exchange.isOver {
            var deadline = whole
            if exchange.firstByteAt == 0 { deadline = min(deadline, firstByte) }
            if exchange.holdsBody { deadline = min(deadline, release) }
            let wake = await reactor.wait(until: deadline, in: scope) { exchange.wait = $0 }
            exchange.wait = -1
            if wake == .timeout, exchange.holdsBody, deadline == release {
                session.releaseBody(of: exchange)
                schedule()
            } else if wake == .timeout, deadline != whole {
                guard exchange.firstByteAt == 0 else { continue }
                // It counts from the last byte of the request, which may have gone later than asked for.
                firstByte = (exchange.writtenAt > 0 ? exchange.writtenAt : reactor.now) &+ bound
                if firstByte <= deadline {
                    giveUp(exchange, .timeout, "no first byte of the response in time")
                }
            } else if wake != .ready {
                giveUp(exchange, wake)
            }
        }
    }

    func giveUp(_ exchange: HTTP2Exchange, _ wake: Wake, _ note: String? = nil) {
        // What has come in the same turn counts.
        if exchange.isOver { return }
        if wake == .timeout {
            give(up: exchange, .timeout, note ?? exchange.lateness)
        } else {
            give(up: exchange, .cancelled, nil)
        }
    }

    private func give(up exchange: HTTP2Exchange, _ outcome: Outcome, _ note: String?) {
        session.cancel(exchange)
        exchange.fail(outcome, note, at: Reactor.monotonicNow())
        schedule()
    }
}

extension HTTP2Exchange {
    var isOver: Bool { end != nil || failure != nil }

    var lateness: String {
        sentAt == 0 ? "the peer allowed no further stream in time" : "no whole response in time"
    }

    func fail(_ outcome: Outcome, _ note: String?, at now: Int64) {
        guard failure == nil else { return }
        failure = (outcome, note)
        endedBy(now)
    }
}

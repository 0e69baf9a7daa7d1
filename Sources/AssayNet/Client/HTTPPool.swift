internal import AssayCore

/// Kept connections that several exchanges use: those of one user and its branches, or those that the users of a
/// reactor share.
///
/// Belongs to its reactor's thread. What is free is given away; who finds nothing waits in line while as many
/// connections as may be are open.
public final class HTTPPool {
    private let reactor: Reactor
    private var places: [HTTPPlace] = []

    public init(on reactor: Reactor) { self.reactor = reactor }

    deinit { closeAll() }

    /// Closes every connection; exchanges on them end as cancelled. The pool can be used again.
    public func closeAll() {
        for place in places { place.closeAll() }
        places.removeAll()
    }

    /// - Parameter most: connections to the origin at once.
    func place(of origin: HTTPOrigin, _ options: ConnectOptions, most: Int) -> HTTPPlace {
        for place in places where place.options === options && place.origin == origin { return place }
        let place = HTTPPlace(origin, options, most: most, on: reactor)
        places.append(place)
        return place
    }
}

/// What ``HTTPPlace/lease(until:in:)`` gives.
enum HTTPLease {
    case http1(HTTPConnection)
    case http2(HTTP2Connection)
    /// A connection may be opened: say ``HTTPPlace/opened(_:)-(HTTPConnection)`` or ``HTTPPlace/openingFailed(_:)`` then.
    case open
    case failed(ConnectFailure)
    case timeout
    case cancelled
}

/// The connections of a pool to one origin.
final class HTTPPlace {
    let origin: HTTPOrigin
    let options: ConnectOptions
    private let most: Int
    private let reactor: Reactor
    /// Kept ones that nobody uses, the one used last at the end.
    private var idle: [HTTPConnection] = []
    /// Connections of HTTP/1, idle or in use.
    private var http1Count = 0
    private var http2: [HTTP2Connection] = []
    /// Where the search for room begins, so that connections are used in turn.
    private var turn = 0
    private var opening = 0
    /// The peer has been seen to speak HTTP/1 only.
    private var speaksHTTP1 = false
    private var waiting: [Waiter] = []

    private final class Waiter {
        var wait: Int32 = -1
        var lease: HTTPLease?
    }

    init(_ origin: HTTPOrigin, _ options: ConnectOptions, most: Int, on reactor: Reactor) {
        self.origin = origin
        self.options = options
        self.most = max(1, most)
        self.reactor = reactor
        speaksHTTP1 = options.version == .http1 || options.version == .any && !origin.isSecure
    }

    func closeAll() {
        for connection in idle { connection.close() }
        http1Count -= idle.count
        idle.removeAll()
        let connections = http2
        http2.removeAll()
        for connection in connections { connection.close() }
    }

    // MARK: taking

    /// Takes a connection for an exchange; who came first is served first.
    func lease(until deadline: Int64, in scope: CancelScope?) async -> HTTPLease {
        if waiting.isEmpty {
            if let lease = free() { return lease }
        } else if mayOpen {
            opening += 1
            return .open
        }
        let waiter = Waiter()
        waiting.append(waiter)
        let wake = await reactor.wait(until: deadline, in: scope) { waiter.wait = $0 }
        if let lease = waiter.lease {
            guard wake == .cancelled else { return lease }
            takeBack(lease)
            return .cancelled
        }
        waiting.removeAll { $0 === waiter }
        return wake == .timeout ? .timeout : .cancelled
    }

    /// Takes a place on a connection of HTTP/2 that is open, where nobody waits for one.
    func takeRoom() -> HTTP2Connection? {
        guard waiting.isEmpty, let connection = roomyConnection() else { return nil }
        connection.reserve()
        return connection
    }

    private func free() -> HTTPLease? {
        if let connection = roomyConnection() {
            connection.reserve()
            return .http2(connection)
        }
        while let connection = idle.popLast() {
            if connection.isAlive { return .http1(connection) }
            connection.close()
            http1Count -= 1
        }
        guard mayOpen else { return nil }
        opening += 1
        return .open
    }

    private func roomyConnection() -> HTTP2Connection? {
        for _ in 0..<http2.count {
            turn = turn + 1 < http2.count ? turn + 1 : 0
            if http2[turn].room > 0 { return http2[turn] }
        }
        return nil
    }

    private var mayOpen: Bool {
        http2.removeAll { !$0.takesRequests }
        guard http2.count + http1Count + opening < most else { return false }
        if speaksHTTP1 || opening == 0 { return true }
        // What is being opened will carry several: only more than those need another.
        return waiting.count >= opening * (options.streams - 1)
    }

    // MARK: giving back

    /// A connection was opened and is in use by whoever opened it.
    func opened(_ connection: HTTPConnection) {
        opening -= 1
        http1Count += 1
        if options.version == .any { speaksHTTP1 = true }
        serve()
    }

    func opened(_ connection: HTTP2Connection) {
        opening -= 1
        http2.append(connection)
        connection.reserve()
        connection.capacityGrew = { [weak self] in self?.serve() }
        serve()
    }

    func openingFailed(_ failure: ConnectFailure) {
        opening -= 1
        guard failure.outcome != .cancelled, http2.isEmpty, http1Count == 0, opening == 0 else {
            return serve()
        }
        // Those in line would each find out the same, one after another.
        for waiter in waiting { hand(.failed(failure), to: waiter) }
        waiting.removeAll()
    }

    func giveBack(_ connection: HTTPConnection) {
        if connection.isUsable {
            idle.append(connection)
        } else {
            connection.close()
            http1Count -= 1
        }
        serve()
    }

    func giveBack(_ connection: HTTP2Connection) {
        connection.giveBack()
        serve()
    }

    private func takeBack(_ lease: HTTPLease) {
        switch lease {
        case .http1(let connection): giveBack(connection)
        case .http2(let connection): giveBack(connection)
        case .open:
            opening -= 1
            serve()
        case .failed, .timeout, .cancelled: break
        }
    }

    /// Lets those in line have what is free.
    private func serve() {
        while !waiting.isEmpty, let lease = free() {
            hand(lease, to: waiting.removeFirst())
        }
    }

    private func hand(_ lease: HTTPLease, to waiter: Waiter) {
        waiter.lease = lease
        reactor.waits.end(waiter.wait, .ready)
    }
}

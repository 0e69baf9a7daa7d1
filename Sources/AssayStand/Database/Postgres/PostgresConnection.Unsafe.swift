internal import AssayFormats
internal import AssayNet
internal import Glibc

/// One connection to PostgreSQL, which never blocks its reactor: libpq's asynchronous calls on the reactor's epoll.
///
/// Lives on one reactor's thread; one statement at a time.
@safe final class PostgresConnection {
    private let handle: OpaquePointer
    private let reactor: Reactor
    private var channel: Channel?
    /// The server, the network or a cut-off statement has left it unusable.
    private(set) var isBroken = false

    private init(_ handle: OpaquePointer, on reactor: Reactor) {
        unsafe self.handle = handle
        self.reactor = reactor
    }

    deinit { unsafe PQfinish(handle) }

    /// Connects.
    ///
    /// - Parameter information: a connection string or URL, as libpq takes it.
    static func open(
        _ information: String, on reactor: Reactor, until deadline: Int64, in scope: CancelScope?
    ) async throws(DatabaseError) -> PostgresConnection {
        guard let handle = unsafe PQconnectStart(information) else {
            throw DatabaseError(message: "out of memory", statement: "connect")
        }
        let connection = unsafe PostgresConnection(handle, on: reactor)
        try await connection.connect(until: deadline, in: scope)
        // SAFETY: replaces the processor that prints to stderr; it is given no state.
        _ = unsafe PQsetNoticeProcessor(handle, { _, _ in }, nil)
        return connection
    }

    private func connect(until deadline: Int64, in scope: CancelScope?) async throws(DatabaseError) {
        guard unsafe PQstatus(handle) != CONNECTION_BAD else { throw failure("connect") }
        _ = unsafe PQsetnonblocking(handle, 1)
        var wanted = PGRES_POLLING_WRITING
        while wanted != PGRES_POLLING_OK {
            let channel = try watchedSocket()
            let wake: Wake
            if wanted == PGRES_POLLING_READING {
                wake = await readable(channel, until: deadline, in: scope)
            } else {
                wake = await channel.writable(until: deadline, in: scope)
            }
            guard wake == .ready else {
                isBroken = true
                throw DatabaseError(
                    message: wake == .timeout ? "no connection in time" : "cancelled", statement: "connect")
            }
            channel.isReadable = false
            wanted = unsafe PQconnectPoll(handle)
            if wanted == PGRES_POLLING_FAILED { throw failure("connect") }
        }
        _ = unsafe PQsetnonblocking(handle, 1)
    }

    /// libpq may change its socket while it connects; the channel watches a duplicate, which is ours to close.
    private var watched: Int32 = -1
    private func watchedSocket() throws(DatabaseError) -> Channel {
        let socket = unsafe PQsocket(handle)
        if let channel, watched == socket { return channel }
        channel?.close()
        let copy = fcntl(socket, F_DUPFD_CLOEXEC, 0)
        guard copy >= 0 else { throw DatabaseError(message: "there is no socket", statement: "connect") }
        do throws(SystemError) {
            let fresh = try Channel(copy, on: reactor)
            channel = fresh
            watched = socket
            return fresh
        } catch {
            throw DatabaseError(message: "\(error)", statement: "connect")
        }
    }

    /// libpq reads as much as it likes, so an edge may have passed: what is there already counts.
    private func readable(_ channel: Channel, until deadline: Int64, in scope: CancelScope?) async -> Wake {
        var byte: UInt8 = 0
        // SAFETY: one byte is peeked at into a local.
        let count = unsafe recv(channel.descriptor, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT))
        if count >= 0 || (errno != EAGAIN && errno != EINTR) { return .ready }
        channel.isReadable = false
        return await channel.readable(until: deadline, in: scope)
    }

    func close() {
        channel?.close()
        channel = nil
        isBroken = true
    }

    // MARK: statements

    /// Whether a transaction is open, a failed one included.
    var isInTransaction: Bool { unsafe PQtransactionStatus(handle) != PQTRANS_IDLE }

    /// Runs one statement with arguments.
    func execute(_ statement: String, _ arguments: [JSON], in scope: CancelScope?) async throws(DatabaseError)
        -> DatabaseAnswer
    {
        try checkText(statement)
        var types = [UInt32](repeating: 0, count: arguments.count)
        let hasList = arguments.contains { if case .array = $0 { true } else { false } }
        if hasList { types = try await parameterTypes(of: statement, in: scope) }
        var texts: [String?] = []
        for (index, argument) in arguments.enumerated() {
            let text = PostgresValues.text(argument, type: types.indices.contains(index) ? types[index] : 0)
            guard text?.utf8.contains(0) != true else {
                throw DatabaseError(
                    message: "argument $\(index + 1) has a NUL character, which PostgreSQL cannot hold",
                    statement: statement)
            }
            texts.append(text)
        }
        // SAFETY: the copies are freed below; libpq has put them into its buffer by then.
        let copies = unsafe texts.map { text in unsafe text.flatMap { unsafe strdup($0) } }
        defer { unsafe copies.forEach { unsafe free($0) } }
        let values = unsafe copies.map { unsafe UnsafePointer($0) }
        let sent = unsafe PQsendQueryParams(
            handle, statement, Int32(values.count), nil, values, nil, nil, 0)
        guard sent == 1 else { throw failure(statement) }
        return try await answer(to: statement, in: scope)
    }

    /// Runs all statements of a text, in one transaction unless the text has its own.
    func run(script: String, in scope: CancelScope?) async throws(DatabaseError) {
        try checkText(script)
        guard unsafe PQsendQuery(handle, script) == 1 else { throw failure(script) }
        _ = try await answer(to: script, in: scope)
    }

    /// libpq's texts end at their first NUL: what stands behind it would be cut off unseen.
    private func checkText(_ statement: String) throws(DatabaseError) {
        guard !statement.utf8.contains(0) else {
            throw DatabaseError(
                message: "the statement has a NUL character, which PostgreSQL cannot hold",
                statement: statement)
        }
    }

    private func parameterTypes(of statement: String, in scope: CancelScope?) async throws(DatabaseError)
        -> [UInt32]
    {
        guard unsafe PQsendPrepare(handle, "", statement, 0, nil) == 1 else { throw failure(statement) }
        _ = try await answer(to: statement, in: scope)
        guard unsafe PQsendDescribePrepared(handle, "") == 1 else { throw failure(statement) }
        var types: [UInt32] = []
        try await unsafe results(of: statement, in: scope) { result in
            types = unsafe (0..<PQnparams(result)).map { unsafe PQparamtype(result, $0) }
            return true
        }
        return types
    }

    private func answer(to statement: String, in scope: CancelScope?) async throws(DatabaseError)
        -> DatabaseAnswer
    {
        _ = unsafe PQsetSingleRowMode(handle)  // so that the row limit bounds the memory
        var rows: [JSONObject] = []
        var changed = 0
        var overflowed = false
        try await unsafe results(of: statement, in: scope) { result in
            let count = unsafe PQntuples(result)
            if rows.count + Int(count) > databaseRowLimit { overflowed = true }
            if !overflowed { for row in 0..<count { rows.append(unsafe Self.object(result, row)) } }
            changed += unsafe Int(String(cString: PQcmdTuples(result))) ?? 0
            return !overflowed
        }
        if overflowed {
            throw DatabaseError(message: "more than \(databaseRowLimit) rows", statement: statement)
        }
        return DatabaseAnswer(rows: rows, changedRows: changed)
    }

    /// Takes all results of what was sent; the first error is thrown when all have come.
    ///
    /// - Parameter take: says whether more is wanted; else the server is asked to end the statement.
    private func results(
        of statement: String, in scope: CancelScope?, _ take: (OpaquePointer) -> Bool
    ) async throws(DatabaseError) {
        try await flush(statement, in: scope)
        var refused: DatabaseError?
        var isEnough = false
        while true {
            try await arrive(statement, in: scope)
            // SAFETY: each result is cleared before the next is asked for.
            guard let result = unsafe PQgetResult(handle) else { break }
            switch unsafe PQresultStatus(result) {
            case PGRES_FATAL_ERROR, PGRES_BAD_RESPONSE:
                if refused == nil, !isEnough { refused = unsafe error(result, statement) }
            case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
                isBroken = true
                refused = DatabaseError(
                    message: "COPY through the client is not supported", statement: statement)
            default:
                if unsafe !isEnough && !take(result) {
                    isEnough = true
                    await endOnServer()
                }
            }
            unsafe PQclear(result)
            if isBroken { break }
        }
        if unsafe PQstatus(handle) == CONNECTION_BAD { isBroken = true }
        if let refused { throw refused }
    }

    private func flush(_ statement: String, in scope: CancelScope?) async throws(DatabaseError) {
        while true {
            switch unsafe PQflush(handle) {
            case 0: return
            case 1:
                let channel = try watchedSocket()
                channel.isWritable = false
                // What the server says meanwhile is read, or neither side could go on.
                guard unsafe PQconsumeInput(handle) == 1 else { throw failure(statement) }
                if await channel.writable(in: scope) != .ready { throw await cutOff(statement) }
            default: throw failure(statement)
            }
        }
    }

    private func arrive(_ statement: String, in scope: CancelScope?) async throws(DatabaseError) {
        while unsafe PQisBusy(handle) == 1 {
            let channel = try watchedSocket()
            if await readable(channel, until: .max, in: scope) != .ready { throw await cutOff(statement) }
            channel.isReadable = false
            guard unsafe PQconsumeInput(handle) == 1 else { throw failure(statement) }
        }
    }

    private func cutOff(_ statement: String) async -> DatabaseError {
        isBroken = true
        await endOnServer()
        return DatabaseError(message: "cancelled before the answer came", statement: statement)
    }

    /// Asks the server to end what it does for this connection: it would go on, with its locks, when the client is gone.
    private func endOnServer() async {
        guard let request = unsafe PQgetCancel(handle) else { return }
        let address = UInt(bitPattern: request)
        // SAFETY: the request is a copy that libpq lets any thread use; it is freed after its only use.
        await Blocking.run {
            guard let request = unsafe OpaquePointer(bitPattern: address) else { return }
            var reason = [CChar](repeating: 0, count: 256)
            _ = unsafe PQcancel(request, &reason, 256)
            unsafe PQfreeCancel(request)
        }
    }

    // MARK: reading

    private static func object(_ result: OpaquePointer, _ row: Int32) -> JSONObject {
        var object = JSONObject()
        for column in 0..<(unsafe PQnfields(result)) {
            // SAFETY: names and values are alive until the result is cleared; both are copied here.
            let name = unsafe String(cString: PQfname(result, column))
            guard unsafe PQgetisnull(result, row, column) == 0,
                let start = unsafe PQgetvalue(result, row, column)
            else {
                object[name] = .null
                continue
            }
            object[name] = unsafe PostgresValues.json(String(cString: start), type: PQftype(result, column))
        }
        return object
    }

    private func error(_ result: OpaquePointer, _ statement: String) -> DatabaseError {
        func field(_ code: Character) -> String? {
            // SAFETY: the text is alive until the result is cleared; it is copied.
            guard let value = code.asciiValue, let text = unsafe PQresultErrorField(result, Int32(value))
            else { return nil }
            return unsafe String(cString: text)
        }
        var message = field("M") ?? ""
        if message.isEmpty { message = unsafe String(cString: PQresultErrorMessage(result)) }
        if let detail = field("D") { message += "; \(detail)" }
        if let hint = field("H") { message += "; hint: \(hint)" }
        if let state = field("C") { message += " (\(state))" }
        return DatabaseError(
            message: message, statement: statement, offset: field("P").flatMap { Int($0) }.map { $0 - 1 })
    }

    private func failure(_ statement: String) -> DatabaseError {
        if unsafe PQstatus(handle) == CONNECTION_BAD { isBroken = true }
        // SAFETY: the text is copied before the next call on the connection.
        var message = unsafe String(cString: PQerrorMessage(handle))
        while message.last?.isWhitespace == true { message.removeLast() }
        return DatabaseError(message: message.replacing("\n", with: " "), statement: statement)
    }
}

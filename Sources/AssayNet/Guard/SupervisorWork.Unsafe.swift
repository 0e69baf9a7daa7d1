internal import CLinux
internal import Glibc

/// What the supervisor's thread owns: sources of questions, and how each is answered.
struct SupervisorWork {
    enum Order: Sendable {
        case filter(Int32, member: String)
        case preload(Int32, member: String)
        case stop
    }

    enum Source {
        case filter(Int32, member: String)
        case preload(Int32, member: String)
        case question(Int32, member: String)
        case sink(Int32, DatagramSink.Family)
        /// A look-up that is let through, on its way back.
        case lookUp(Int32, NameQuestion, sink: Int32, port: UInt16)

        var descriptor: Int32 {
            switch self {
            case .filter(let fd, _), .preload(let fd, _), .question(let fd, _), .sink(let fd, _),
                .lookUp(let fd, _, _, _):
                fd
            }
        }
    }

    private let state: GuardState
    private let epoll: Int32
    private var sources: [UInt64: Source] = [:]
    private var lastToken: UInt64 = 0
    private var events = [clinux_event](repeating: clinux_event(), count: 64)
    private var rules: GuardRules
    private var sink = DatagramSink()
    private var lookUps: [UInt64] = []
    /// Unanswered ones beyond these are given up, oldest first.
    private static let lookUpLimit = 128

    init(_ state: GuardState, epoll: Int32) {
        self.state = state
        self.epoll = epoll
        rules = GuardRules(state)
        for family in DatagramSink.Family.allCases {
            guard let descriptor = sink.open(family) else { continue }
            add(.sink(descriptor, family))
        }
    }

    /// - Returns: whether to go on.
    mutating func take(_ orders: [Order]) -> Bool {
        for order in orders {
            switch order {
            case .filter(let listener, let member):
                clinux_filter_tune(listener)
                add(.filter(listener, member: member))
            case .preload(let listener, let member): add(.preload(listener, member: member))
            case .stop: return false
            }
        }
        return true
    }

    mutating func close() {
        for source in sources.values { closeDescriptor(source.descriptor) }
        closeDescriptor(epoll)
    }

    private mutating func add(_ source: Source) {
        lastToken += 1
        if clinux_epoll_add(epoll, source.descriptor, UInt32(CLINUX_IN), lastToken) >= 0 {
            sources[lastToken] = source
        } else {
            closeDescriptor(source.descriptor)
        }
    }

    private mutating func remove(_ token: UInt64) {
        if let source = sources.removeValue(forKey: token) { closeDescriptor(source.descriptor) }
    }

    /// - Returns: whether there are orders.
    mutating func turn() -> Bool {
        let count = waitForEvents(epoll, &events, nanoseconds: -1)
        var isWoken = false
        for event in events[..<count] {
            switch sources[event.token] {
            case nil: isWoken = isWoken || event.token == 0
            case .filter(let listener, let member):
                // Hung up: the last program below the filter is gone.
                if event.events & UInt32(CLINUX_IN) == 0 || !answerCall(listener, member) {
                    remove(event.token)
                }
            case .preload(let listener, let member):
                let accepted = clinux_accept(listener)
                if accepted >= 0 { add(.question(accepted, member: member)) }
            case .question(let socket, let member):
                answerQuestion(socket, member)
                remove(event.token)
            case .sink(let socket, let family): serveSink(socket, family)
            case .lookUp(let socket, let question, let sinkSocket, let port):
                if let reply = sink.receive(socket)?.bytes {
                    rules.learn(question.addresses(inReply: reply), for: question.name)
                    sink.send(reply, from: sinkSocket, to: port)
                }
                remove(event.token)
                lookUps.removeAll { $0 == event.token }
            }
        }
        return isWoken
    }

    // MARK: system calls

    /// - Returns: whether the listener is good for more.
    private mutating func answerCall(_ listener: Int32, _ member: String) -> Bool {
        var call = clinux_filtered_call()
        // SAFETY: the structure is a local, written during the call.
        let result = unsafe clinux_filter_next(listener, &call)
        guard result > 0 else { return result == 0 }
        var caller = GuardCaller(member: member, thread: call.thread)
        switch permitted(judge(call, &caller, listener)) {
        case .allow: _ = clinux_filter_allow(listener, call.id)
        case .refuse(let error): _ = clinux_filter_answer(listener, call.id, 0, error)
        case .done: _ = clinux_filter_answer(listener, call.id, 0, 0)
        }
        return true
    }

    private func permitted(_ verdict: GuardVerdict) -> GuardVerdict {
        if case .refuse = verdict, state.letsThrough { .allow } else { verdict }
    }

    private mutating func judge(
        _ call: clinux_filtered_call, _ caller: inout GuardCaller, _ listener: Int32
    ) -> GuardVerdict {
        let words = [
            call.arguments.0, call.arguments.1, call.arguments.2, call.arguments.3, call.arguments.4,
            call.arguments.5,
        ]
        let number = Int32(truncatingIfNeeded: words[0])
        func read(_ address: UInt64, _ count: Int) -> [UInt8]? {
            let bytes = peek(call.thread, address, count)
            // A thread that is gone may have lent its number to another since; nobody waits for the verdict then.
            return clinux_filter_waits(listener, call.id) != 0 ? bytes : []
        }
        switch call.call {
        case Int32(CLINUX_CALL_SOCKET): return rules.judgeRaw(caller)
        case Int32(CLINUX_CALL_CONNECT):
            guard let address = read(words[1], min(128, Int(clamping: words[2]))) else {
                return rules.judgeUnreadable(caller)
            }
            let mayBorrow = state.borrowsSockets
            return judgeConnect(address, caller) {
                let process = caller.process.id
                let borrowed = mayBorrow ? clinux_borrow(process, number) : -EPERM
                return borrowed >= 0
                    ? .borrowed(borrowed)
                    : .numbered(number, process: process, listener: listener, call: call.id)
            }
        case Int32(CLINUX_CALL_SENDTO):
            guard let address = read(words[4], min(128, Int(clamping: words[5]))) else {
                return rules.judgeUnreadable(caller)
            }
            return rules.judgeSend(address, caller) {
                read(words[1], min(512, Int(clamping: words[2]))) ?? []
            }
        default:
            let isMany = call.call == Int32(CLINUX_CALL_SENDMMSG)
            let count = isMany ? min(1024, Int(clamping: words[2])) : 1
            let size = isMany ? 64 : 56  // struct mmsghdr and msghdr on 64-bit Linux
            guard let headers = read(words[1], count * size) else {
                return rules.judgeUnreadable(caller)
            }
            for place in stride(from: 0, to: headers.count - 55, by: size) {
                let header = MessageHeader(headers[place..<(place + 56)])
                guard header.name != 0, header.nameLength > 0 else { continue }
                guard let address = read(header.name, min(128, header.nameLength)) else {
                    return rules.judgeUnreadable(caller)
                }
                let verdict = rules.judgeSend(address, caller) {
                    guard header.partCount > 0, let part = read(header.parts, 16) else { return [] }
                    return read(part[0..<8].word, min(512, Int(clamping: part[8..<16].word))) ?? []
                }
                if verdict != .allow { return verdict }
            }
            return .allow
        }
    }

    private mutating func judgeConnect(
        _ address: [UInt8], _ caller: GuardCaller, _ getSocket: () -> ProgramSocket
    ) -> GuardVerdict {
        if let verdict = rules.judgeAtOnce(address) { return verdict }
        let socket = getSocket()
        defer { socket.close() }
        let wish = rules.judgeConnect(address, caller, socket.kind)
        guard case .divert(let target, let port) = wish else { return wish.verdict }
        // Connecting a datagram socket sends nothing. It is connected to the sink instead; what arrives there is
        // the attempt, and a question for a name has an answer.
        if state.letsThrough, port != 53 { return .allow }
        let isIPv6 = address.first == UInt8(AF_INET6)
        if socket.divert(to: &sink, from: target, isIPv6: isIPv6, port: port, of: caller) { return .done }
        rules.record(caller, target, port: port, .udp)
        return .refuse(ENETUNREACH)
    }

    // MARK: preloaded programs

    private mutating func answerQuestion(_ socket: Int32, _ member: String) {
        var question = preload_question()
        var borrowed: Int32 = -1
        // SAFETY: at most the structure's size is written into it.
        let count = unsafe withUnsafeMutableBytes(of: &question) {
            unsafe clinux_receive_descriptor(socket, $0.baseAddress, $0.count, &borrowed)
        }
        defer { if borrowed >= 0 { closeDescriptor(borrowed) } }
        var process: Int32 = 0
        var user: Int32 = 0
        // SAFETY: locals, written during the call.
        guard count == Int64(MemoryLayout<preload_question>.size),
            unsafe clinux_peer(socket, &process, &user) == 0, user == getuid() || getuid() == 0
        else { return }
        let caller = GuardCaller(member: member, thread: process)
        let address = unsafe withUnsafeBytes(of: question.address) {
            unsafe Array($0.prefix(Int(question.address_length)))
        }
        let payload = unsafe withUnsafeBytes(of: question.payload) {
            unsafe Array($0.prefix(Int(question.payload_length)))
        }
        var answer = preload_answer()
        switch Int32(question.kind) {
        case Int32(PRELOAD_NAME):
            let name = String(decoding: payload, as: UTF8.self)
            if let text = rules.standIn(for: name, caller) {
                answer.verdict = Int32(PRELOAD_REPLACE)
                unsafe withUnsafeMutableBytes(of: &answer.text) {
                    unsafe $0.copyBytes(from: text.utf8.prefix(63))
                }
            }
        case Int32(PRELOAD_CONNECT):
            let verdict = judgeConnect(address, caller) { .borrowed(dup(borrowed)) }
            answer.verdict = permitted(verdict).code
        default: answer.verdict = permitted(rules.judgeSend(address, caller) { payload }).code
        }
        // SAFETY: the structure is read during the call.
        unsafe withUnsafeBytes(of: &answer) { _ = unsafe transmit(socket, $0) }
    }

    // MARK: the sink

    private mutating func forward(
        _ bytes: [UInt8], _ question: NameQuestion, _ diverted: DatagramSink.Diverted, sink socket: Int32,
        to port: UInt16
    ) {
        rules.record(question, diverted.caller)
        guard let outward = DatagramSink.ask(bytes, at: diverted.target, port: diverted.port) else {
            return
        }
        add(.lookUp(outward, question, sink: socket, port: port))
        lookUps.append(lastToken)
        if lookUps.count > Self.lookUpLimit { remove(lookUps.removeFirst()) }
    }

    private mutating func serveSink(_ socket: Int32, _ family: DatagramSink.Family) {
        while let (bytes, from) = sink.receive(socket) {
            guard let diverted = sink.origin(of: from, family) else { continue }
            guard diverted.port == 53, let question = NameQuestion(bytes) else {
                rules.record(diverted.caller, diverted.target, port: diverted.port, .udp)
                continue
            }
            if state.letsThrough {
                forward(bytes, question, diverted, sink: socket, to: from)
            } else {
                sink.send(rules.answer(question, diverted.caller), from: socket, to: from)
            }
        }
    }
}

extension GuardVerdict {
    /// As a preloaded program is told.
    fileprivate var code: Int32 {
        switch self {
        case .allow: Int32(PRELOAD_ALLOW)
        case .done: Int32(PRELOAD_DONE)
        case .refuse(let error): error
        }
    }
}

/// `struct msghdr` of a 64-bit program.
private struct MessageHeader {
    var name: UInt64
    var nameLength: Int
    var parts: UInt64
    var partCount: UInt64

    init(_ bytes: ArraySlice<UInt8>) {
        func word(_ place: Int) -> UInt64 {
            bytes[(bytes.startIndex + place)..<(bytes.startIndex + place + 8)].word
        }
        name = word(0)
        nameLength = Int(word(8) & 0xFFFF_FFFF)
        parts = word(16)
        partCount = word(24)
    }
}

extension ArraySlice<UInt8> {
    /// Little-endian.
    fileprivate var word: UInt64 { reversed().reduce(0) { $0 << 8 | UInt64($1) } }
}

/// Memory of another process; `nil` when it may not be read, nothing where there is none.
private func peek(_ process: Int32, _ address: UInt64, _ count: Int) -> [UInt8]? {
    guard count > 0 else { return [] }
    var bytes = [UInt8](repeating: 0, count: count)
    // SAFETY: at most the buffer's size is written.
    let got = unsafe clinux_peek(process, address, &bytes, count)
    guard got >= 0 else { return got == -Int64(EFAULT) ? [] : nil }
    return Array(bytes.prefix(Int(got)))
}

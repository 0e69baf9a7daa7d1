internal import CLinux
internal import Glibc

// One wrapper per system call on plain descriptors.

func closeDescriptor(_ descriptor: Int32) { _ = Glibc.close(descriptor) }

/// Makes an eventfd readable.
func writeOne(to descriptor: Int32) {
    var one: UInt64 = 1
    // SAFETY: eight bytes of a local are read during the call.
    _ = unsafe write(descriptor, &one, 8)
}

/// Reads an eventfd to zero.
func drain(_ descriptor: Int32) {
    var value: UInt64 = 0
    // SAFETY: eight bytes of a local are written during the call.
    _ = unsafe read(descriptor, &value, 8)
}

/// Waits for readiness; negative waits for ever.
///
/// - Returns: how many events were written; none on an interruption.
func waitForEvents(_ epoll: Int32, _ events: inout [clinux_event], nanoseconds: Int64) -> Int {
    let capacity = Int32(events.count)
    // SAFETY: the array's buffer is alive for the call and its capacity is passed along.
    return max(0, Int(unsafe clinux_epoll_wait(epoll, &events, capacity, nanoseconds)))
}

func currentThreadIdentity() -> UInt { UInt(pthread_self()) }

/// What came of trying to move bytes without waiting.
enum Transfer: Equatable {
    case moved(Int)
    /// The peer has closed its direction.
    case end
    /// Nothing now: wait for readiness.
    case later
    case failed(Int32)
}

/// recv into `memory`; never waits.
func receive(_ descriptor: Int32, into memory: UnsafeMutableRawBufferPointer) -> Transfer {
    while true {
        // SAFETY: `memory` is the caller's and alive for the call.
        let count = unsafe recv(descriptor, memory.baseAddress, memory.count, 0)
        if count > 0 { return .moved(count) }
        if count == 0 { return .end }
        switch errno {
        case EAGAIN: return .later
        case EINTR: continue
        default: return .failed(errno)
        }
    }
}

/// recv into `memory` that leaves what it gives in the socket; never waits.
func peek(_ descriptor: Int32, into memory: UnsafeMutableRawBufferPointer) -> Transfer {
    while true {
        // SAFETY: `memory` is the caller's and alive for the call.
        let count = unsafe recv(descriptor, memory.baseAddress, memory.count, Int32(MSG_PEEK))
        if count > 0 { return .moved(count) }
        if count == 0 { return .end }
        switch errno {
        case EAGAIN: return .later
        case EINTR: continue
        default: return .failed(errno)
        }
    }
}

/// send from `memory` without SIGPIPE; never waits.
///
/// - Parameter hasMore: the kernel may keep a piece that fills no segment until the next.
func transmit(
    _ descriptor: Int32, _ memory: UnsafeRawBufferPointer, hasMore: Bool = false
) -> Transfer {
    let flags = Int32(MSG_NOSIGNAL) | (hasMore ? Int32(MSG_MORE) : 0)
    while true {
        // SAFETY: `memory` is the caller's and alive for the call.
        let count = unsafe send(descriptor, memory.baseAddress, memory.count, flags)
        if count >= 0 { return .moved(count) }
        switch errno {
        case EAGAIN: return .later
        case EINTR: continue
        default: return .failed(errno)
        }
    }
}

/// Lets the next close of a socket send RST in place of FIN.
func setLingerZero(_ descriptor: Int32) { _ = clinux_set_linger_zero(descriptor) }

/// Closes the writing direction of a socket.
func shutdownWriting(_ descriptor: Int32) { _ = shutdown(descriptor, Int32(SHUT_WR)) }

/// Lets the calling thread do nothing for a while; never on a reactor.
func pauseThread(milliseconds: Int) { usleep(UInt32(milliseconds) * 1000) }

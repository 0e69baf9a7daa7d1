internal import CLinux
internal import Synchronization

/// Answers filtered programs, on a thread of its own: a program waits for each answer, and a reactor may be busy.
///
/// What a program may do is ``GuardRules``' business; this moves questions and answers.
final class ConnectSupervisor: Sendable {
    private struct Desk {
        var orders: [SupervisorWork.Order] = []
        var isClosed = false
    }

    private let desk = Mutex(Desk())
    private let wake: Int32

    /// - Throws: ``SystemError`` when the kernel gives no descriptors.
    init(_ state: GuardState) throws(SystemError) {
        wake = try SystemError.check(clinux_eventfd(), "eventfd")
        let epoll = clinux_epoll_create()
        guard epoll >= 0, clinux_epoll_add(epoll, wake, UInt32(CLINUX_IN), 0) >= 0 else {
            closeDescriptor(wake)
            throw SystemError(call: "epoll_create1", errno: -epoll)
        }
        startThread(named: "assay-guard") {
            var work = SupervisorWork(state, epoll: epoll)
            var goesOn = true
            while goesOn {
                guard work.turn() else { continue }
                drain(self.wake)
                goesOn = work.take(self.takeOrders())
            }
            work.close()
        }
    }

    /// Takes over what came of installing a filter.
    func watch(filter listener: Int32, member: String) { give(.filter(listener, member: member)) }

    /// Takes over a listening socket for preloaded programs.
    func watch(preload listener: Int32, member: String) { give(.preload(listener, member: member)) }

    /// Ends the thread; programs that still run are refused everything by the kernel.
    func stop() { give(.stop) }

    private func takeOrders() -> [SupervisorWork.Order] {
        desk.withLock { desk in
            defer { desk.orders.removeAll() }
            return desk.orders
        }
    }

    private func give(_ order: SupervisorWork.Order) {
        let isTaken = desk.withLock { desk in
            if desk.isClosed { return false }
            if case .stop = order { desk.isClosed = true }
            desk.orders.append(order)
            return true
        }
        if isTaken { return writeOne(to: wake) }
        // Nobody would ever answer: without the descriptor the kernel refuses by itself.
        switch order {
        case .filter(let listener, _), .preload(let listener, _): closeDescriptor(listener)
        case .stop: break
        }
    }

    deinit { closeDescriptor(wake) }
}

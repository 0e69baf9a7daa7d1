import AssayNet
import CLinux
import Glibc
import Testing

@Suite("Priority of a pacing thread")
struct PacingPriorityTests {
    @Test("a thread gets what the system grants, and is an ordinary one again afterwards")
    func raising() {
        // One synchronous test stays on its thread.
        let before = (sched_getscheduler(0), 20 - clinux_thread_nice())
        let granted = raisePacingPriority()
        let raised = (sched_getscheduler(0) & 0xFF, 20 - clinux_thread_nice())
        lowerPacingPriority()
        let after = (sched_getscheduler(0) & 0xFF, 20 - clinux_thread_nice())
        switch granted {
        case .fifo: #expect(raised.0 == SCHED_FIFO)
        case .nice: #expect(raised.0 == SCHED_OTHER && raised.1 <= -10)
        case .normal: #expect(raised == before)
        }
        #expect(after.0 == SCHED_OTHER && after.1 == before.1)
    }
}

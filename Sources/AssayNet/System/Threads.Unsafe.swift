internal import CLinux
internal import Glibc

private final class ThreadBody {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}

/// Starts a detached thread with all signals blocked.
public func startThread(named name: String, _ body: @escaping @Sendable () -> Void) {
    // SAFETY: the box is retained here and released once by the new thread.
    let box = unsafe Unmanaged.passRetained(ThreadBody(body)).toOpaque()
    var thread = pthread_t()
    var all = sigset_t()
    var before = sigset_t()
    unsafe sigfillset(&all)
    unsafe pthread_sigmask(SIG_SETMASK, &all, &before)
    let result = unsafe pthread_create(
        &thread, nil,
        { raw in
            guard let raw = unsafe raw else { return nil }
            unsafe Unmanaged<ThreadBody>.fromOpaque(raw).takeRetainedValue().run()
            return nil
        }, box)
    unsafe pthread_sigmask(SIG_SETMASK, &before, nil)
    precondition(result == 0, "the system gives no thread")
    _ = unsafe clinux_name_thread(UInt(thread), name)
    pthread_detach(thread)
}

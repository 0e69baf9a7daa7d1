/// How the event loop of a pass waits and works beside the script; all of it on the reactor of the virtual user.
public protocol ScriptLoopHost: AnyObject {
    /// CLOCK_MONOTONIC, nanoseconds.
    var monotonicNow: Int64 { get }
    /// Suspends until ``wake()``, a time, or the end of the virtual user.
    ///
    /// - Parameter deadline: as ``monotonicNow``; `Int64.max` for none.
    func pause(until deadline: Int64) async
    /// Ends the pause that lasts; nothing when there is none.
    func wake()
    /// Begins work beside the script, which goes on while the script runs or waits; it ends early with the virtual user.
    func spawn(_ work: @escaping () async -> Void)
}

internal import CLinux

/// Shared memory of the System V kind, which outlives a process that was killed.
public enum SharedMemory {
    /// Removes a segment that nobody is attached to; one that is gone or in use stays as it is.
    public static func remove(_ identifier: Int32) { _ = clinux_remove_shared_memory(identifier) }
}

internal import CLinux

func clinuxRealtime() -> Int64 { clinux_realtime() }

/// What this process has used so far.
public enum Usage {
    /// User and system CPU time, nanoseconds.
    public static var cpuNanoseconds: Int64 { clinux_cpu_time() }
    /// Largest resident set, bytes.
    public static var peakMemoryBytes: Int { Int(clinux_peak_memory()) }
}

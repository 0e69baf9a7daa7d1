internal import AssayNet
internal import Synchronization

/// Private folders of stands, named by who owns them, so that those of the dead can be swept.
enum Scratch {
    private static let counter = Atomic<Int>(0)

    /// Makes a folder, after removing those of Assay processes of this host that are no more.
    static func makeFolder(in parent: String) throws(SystemError) -> String {
        try Files.makeFolder(parent)
        sweep(parent)
        let number = counter.add(1, ordering: .relaxed).newValue
        guard let began = began(Host.processID) else {
            throw SystemError(call: "read", errno: 2, subject: "/proc/\(Host.processID)/stat")
        }
        let path = "\(parent)/stand~\(Host.name)~\(Host.processID)~\(began)~\(number)"
        try Files.makeFolder(path)
        return Files.resolved(path) ?? path
    }

    /// A folder for databases in memory, where the machine has plenty: making and removing their hundreds of files costs
    /// a disk many times what it costs memory. `nil` where there is not.
    static func makeFolderInMemory() -> String? {
        guard Host.memoryBytes >= 4 << 30, Files.isMemory(at: "/dev/shm"),
            Files.roomBytes(at: "/dev/shm") ?? 0 >= 2 << 30
        else { return nil }
        return try? makeFolder(in: StandSurroundings.memoryFolder)
    }

    private static func sweep(_ parent: String) {
        for name in (try? Files.names(in: parent)) ?? [] {
            let parts = name.split(separator: "~")
            guard parts.count == 5, parts[0] == "stand", parts[1] == Host.name, let process = Int32(parts[2]),
                began(process).map(String.init) != String(parts[3])
            else { continue }
            remove("\(parent)/\(name)")
        }
    }

    /// Removes a stand's folder, and what a PostgreSQL in it that was killed has left in the kernel.
    static func remove(_ folder: String) {
        for member in (try? Files.names(in: folder)) ?? [] {
            // Line 7 holds key and number of its shared memory. Source: PostgreSQL's pidfile.h.
            guard let lock = try? Files.read("\(folder)/\(member)/data/postmaster.pid") else { continue }
            let lines = lock.split(separator: 10, omittingEmptySubsequences: false)
            let number = lines.count > 6 ? lines[6].split(separator: 32).last : nil
            if let number, let identifier = Int32(String(decoding: number, as: UTF8.self)) {
                SharedMemory.remove(identifier)
            }
        }
        try? Files.remove(folder)
    }

    /// When a process began, in ticks since boot; tells it from a later one of the same number.
    static func began(_ process: Int32) -> UInt64? {
        guard let bytes = try? Files.read("/proc/\(process)/stat"), let end = bytes.lastIndex(of: 0x29) else {
            return nil
        }
        let fields = bytes[(end + 1)...].split(separator: 0x20)
        return fields.count > 19 ? UInt64(String(decoding: fields[19], as: UTF8.self)) : nil
    }
}

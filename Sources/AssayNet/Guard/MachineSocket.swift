/// Unix sockets of the machine, which the stand did not start.
enum MachineSocket: Equatable {
    case allowed
    /// Name services and the like: refused without a word, programs have another way.
    case silentlyRefused
    case refused

    /// Where the system's services listen; the rest of the file system is the stand's and the user's. Source: FHS 3.0.
    private static let folders = ["/run/", "/var/run/", "/var/lib/"]
    /// Logs, and who the users of the machine are.
    private static let harmless = [
        "/run/systemd/journal/", "/run/systemd/notify", "/run/log", "/var/run/log", "/dev/log",
        "/run/systemd/userdb/", "/var/lib/sss/",
    ]
    /// They would look names up for a program, out of the guard's sight.
    private static let names = [
        "/run/systemd/resolve/", "/run/nscd/", "/var/run/nscd/", "/var/lib/nscd/", "/run/avahi-daemon/",
        "/var/run/avahi-daemon/", "/run/dbus/", "/var/run/dbus/",
    ]

    /// - Parameter own: folders of the stand.
    init(path: String, own: [String]) {
        if own.contains(where: { path.hasPrefix($0 + "/") }) || Self.harmless.contains(where: path.hasPrefix)
        {
            self = .allowed
        } else if Self.names.contains(where: path.hasPrefix) {
            self = .silentlyRefused
        } else {
            self = Self.folders.contains(where: path.hasPrefix) ? .refused : .allowed
        }
    }
}

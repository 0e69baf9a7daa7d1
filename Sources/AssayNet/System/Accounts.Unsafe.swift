internal import Glibc

/// Users of the system.
public enum Accounts {
    /// Whether this process may do everything.
    public static var isRoot: Bool { geteuid() == 0 }

    /// Number of the user that this process acts for.
    public static var current: UInt32 { geteuid() }

    /// Whether there is a user of this name.
    public static func exists(_ name: String) -> Bool { unsafe getpwnam(name) != nil }

    /// Gives a file or folder to a user and its group.
    public static func give(_ path: String, to name: String) throws(SystemError) {
        // SAFETY: the entry is static memory of the C library, read before any other call could change it.
        guard let entry = unsafe getpwnam(name) else {
            throw SystemError(call: "getpwnam", errno: ENOENT, subject: name)
        }
        let (user, group) = unsafe (entry.pointee.pw_uid, entry.pointee.pw_gid)
        guard unsafe chown(path, user, group) == 0 else {
            throw SystemError(call: "chown", errno: errno, subject: path)
        }
    }
}

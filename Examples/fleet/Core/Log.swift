package import AssayFormats
internal import AssayNet

/// Lines of JSON on standard output, one an event.
package struct Log: Sendable {
    package enum Level: String, CaseIterable, Sendable { case debug, info, warn, error }

    private let levels: [Level]
    private let write: @Sendable (String) -> Void

    /// - Parameters:
    ///   - least: lower ones are not written.
    ///   - write: takes a line without its end.
    package init(
        least: Level, write: @escaping @Sendable (String) -> Void = { Host.write($0 + "\n", to: 1) }
    ) {
        levels = Array(Level.allCases.drop { $0 != least })
        self.write = write
    }

    /// - Parameter fields: follow time, level and message in their order.
    package func write(_ level: Level, _ message: String, _ fields: [(String, JSON)] = []) {
        guard levels.contains(level) else { return }
        let line = JSONObject(
            [
                ("time", .string(CivilTime(milliseconds: WallClock.milliseconds).text)),
                ("level", .string(level.rawValue)), ("msg", .string(message)),
            ] + fields)
        write(JSON.object(line).rendered())
    }
}

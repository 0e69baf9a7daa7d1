internal import AssayFormats
internal import AssayNet

/// Lines of JSON on standard output, one an event.
struct Log {
    enum Level: String, CaseIterable { case debug, info, warn, error }

    private let levels: [Level]

    /// - Parameter least: lower ones are not written.
    init(least: Level) { levels = Array(Level.allCases.drop { $0 != least }) }

    /// - Parameter fields: follow time, level and message in their order.
    func write(_ level: Level, _ message: String, _ fields: [(String, JSON)] = []) {
        guard levels.contains(level) else { return }
        let line = JSONObject(
            [
                ("time", .string(CivilTime(milliseconds: WallClock.milliseconds).text)),
                ("level", .string(level.rawValue)), ("msg", .string(message)),
            ] + fields)
        Host.write(JSON.object(line).rendered() + "\n", to: 1)
    }
}

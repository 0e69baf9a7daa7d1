internal import AssayFormats
internal import AssayNet

/// Lines of JSON on standard output, one an event.
struct Log {
    enum Level: Int {
        case debug, info, warn, error
        init?(word: String) {
            guard let place = ["debug", "info", "warn", "error"].firstIndex(of: word.lowercased()) else {
                return nil
            }
            self = [.debug, .info, .warn, .error][place]
        }
    }

    /// Lower ones are not written.
    var least: Level

    /// - Parameter fields: follow time, level and message in their order; null ones are left out.
    func write(_ level: Level, _ message: String, _ fields: [(String, JSON)]) {
        guard level.rawValue >= least.rawValue else { return }
        var line = JSONObject([
            ("time", .string(CivilTime(milliseconds: WallClock.milliseconds).text)),
            ("level", .string("\(level)")), ("msg", .string(message)),
        ])
        for (name, value) in fields where value != .null { line[name] = value }
        Host.write(JSON.object(line).rendered() + "\n", to: 1)
    }
}

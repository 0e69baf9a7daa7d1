/// A command or subcommand as the dispatcher knows it.
final class RedisCommand: Sendable {
    let row: CommandRow
    /// `get`, `config|set`
    let fullName: String
    /// Where its counters are; see ``CommandTable/all``.
    let index: Int
    let subcommands: [RedisCommand]
    // What every call looks at.
    let arity: Int
    let flags: CommandFlags
    let run: CommandRow.Run

    fileprivate init(_ row: CommandRow, within parent: String?, _ all: inout [RedisCommand?]) {
        self.row = row
        fullName = parent.map { "\($0)|\(row.name)" } ?? row.name
        index = all.count
        all.append(nil)
        arity = row.arity
        flags = row.flags
        run = row.run
        let name = fullName
        var made: [RedisCommand] = []
        for sub in row.subcommands { made.append(RedisCommand(sub, within: name, &all)) }
        subcommands = made
        all[index] = self
    }

    func subcommand(_ word: ByteSlice) -> RedisCommand? {
        subcommands.first { $0.row.name.utf8.count == word.count && word.equalsLowercase($0.row.name) }
    }
}

extension ByteSlice {
    /// Whether it is a name in whatever case.
    func equalsLowercase(_ name: String) -> Bool {
        guard count == name.utf8.count else { return false }
        return zip(self, name.utf8).allSatisfy { ($0 &- 0x41 < 26 ? $0 | 0x20 : $0) == $1 }
    }
}

/// All commands there are; made once.
struct CommandTable: Sendable {
    static let shared = CommandTable(CommandRow.everything)

    /// Commands and subcommands by their ``RedisCommand/index``.
    let all: [RedisCommand]
    /// Commands without subcommands, in the order of the rows.
    let commands: [RedisCommand]
    /// Open addressing by ``hash(_:)``.
    private let places: [RedisCommand?]
    private let names: [[UInt8]]

    init(_ rows: [CommandRow]) {
        var all: [RedisCommand?] = []
        var made: [RedisCommand] = []
        for row in rows { made.append(RedisCommand(row, within: nil, &all)) }
        self.all = all.compactMap { $0 }
        commands = made
        var size = 64
        while size < made.count * 4 { size *= 2 }
        var places = [RedisCommand?](repeating: nil, count: size)
        var names = [[UInt8]](repeating: [], count: size)
        for command in made {
            let name = Array(command.row.name.utf8)
            var place = Int(name.withSlice { Self.hash($0) }) & (size - 1)
            while let other = places[place] {
                precondition(other.row.name != command.row.name, "two rows for command \(command.row.name)")
                place = (place + 1) & (size - 1)
            }
            places[place] = command
            names[place] = name
        }
        self.places = places
        self.names = names
    }

    /// - Parameter name: in whatever case.
    @inline(__always)
    func find(_ name: ByteSlice) -> RedisCommand? {
        var place = Int(Self.hash(name)) & (places.count &- 1)
        while let command = places[place] {
            if Self.isSame(name, names[place]) { return command }
            place = (place &+ 1) & (places.count &- 1)
        }
        return nil
    }

    @inline(__always)
    private static func isSame(_ name: ByteSlice, _ known: [UInt8]) -> Bool {
        guard name.count == known.count else { return false }
        for place in 0..<name.count {
            let byte = name[place]
            if (byte &- 0x41 < 26 ? byte | 0x20 : byte) != known[place] { return false }
        }
        return true
    }

    /// Of a name, whatever its case.
    @inline(__always)
    private static func hash(_ name: ByteSlice) -> UInt32 {
        var hash: UInt32 = 0x811C_9DC5
        for place in 0..<name.count { hash = (hash ^ UInt32(name[place] | 0x20)) &* 0x0100_0193 }
        return hash ^ hash >> 15
    }
}

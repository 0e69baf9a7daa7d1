internal import AssayFormats
internal import AssayNet
internal import AssayWire

/// The switches of an identity double: the board that every preset has, and a board of its own for each client.
///
/// `PUT /__assay/switches?client=web` turns those of one client. What is turned for a client counts before what is
/// turned for all; a request's own header counts before both.
struct IdentitySwitches: Sendable {
    /// The word of a switch that is off.
    static let off = "none"

    private let board: SwitchBoard
    private let boards: [String: SwitchBoard]
    private var readings: SwitchReadings?
    private var ofClients: [String: SwitchReadings] = [:]
    private var current: (request: HTTPRequest, now: Int64)?
    /// Whether tokens may have to be signed with a key that is never published, which takes its time to make.
    private(set) var mayNeedForeignKey: Bool

    init(_ switches: [Switch], options: SwitchOptions, ofClients clients: [String: SwitchOptions] = [:]) {
        board = SwitchBoard(switches, options: options)
        boards = clients.mapValues { SwitchBoard(switches, options: $0) }
        let word: JSON = .string(TokenFault.unknownKey.rawValue)
        mayNeedForeignKey = ([options] + clients.values).contains { options in
            options.values.values.contains(word)
                || options.plan.entries.contains { $0.values.values.contains(word) }
        }
    }

    /// A switch of one of some words, off unless it is turned.
    static func row(_ name: String, _ words: [String], _ summary: String) -> Switch {
        Switch(name, .word([off] + words), summary)
    }

    /// Whether a request's own header, or what was turned so far, may ask for a key that is never published.
    func mayNeedForeignKey(for request: HTTPRequest) -> Bool {
        mayNeedForeignKey
            || (request.headers[SwitchBoard.header] ?? "").contains(TokenFault.unknownKey.rawValue)
    }

    /// Takes note of a request, once for each.
    ///
    /// - Parameter now: milliseconds since 1970.
    mutating func begin(_ request: HTTPRequest, at now: Int64) throws(SwitchError) {
        (readings, ofClients, current) = (nil, [:], (request, now))
        readings = try board.readings(for: request, at: now)
    }

    /// What a switch says for this request; `nil` when it is off.
    mutating func word(_ name: String, client: String? = nil) -> String? {
        if let client, ofClients[client] == nil, let current, let board = boards[client] {
            ofClients[client] = try? board.readings(for: current.request, at: current.now)
        }
        let own = client.flatMap { ofClients[$0] }.flatMap { $0.isSet(name) ? $0.word(name) : nil }
        let word = own ?? readings?.word(name)
        return word == Self.off ? nil : word
    }

    /// Answers requests for the switches; `nil` for all others.
    mutating func answer(_ request: HTTPRequest) -> IdentityAnswer? {
        guard request.path == SwitchBoard.path else { return nil }
        if String(decoding: request.body, as: UTF8.self).contains(TokenFault.unknownKey.rawValue) {
            mayNeedForeignKey = true
        }
        guard let client = Parameters(request.query)["client"] else {
            // Those of the clients go back too.
            if request.method == "DELETE" { reset() }
            return board.answer(request).map { IdentityAnswer($0) }
        }
        guard let board = boards[client] else {
            let known = boards.keys.sorted().joined(separator: ", ")
            return .json(
                404,
                [
                    "error": .string("there is no client '\(client)'"),
                    "fix": .string(known.isEmpty ? "this double has no clients" : "there are: " + known),
                ])
        }
        return board.answer(request).map { IdentityAnswer($0) }
    }

    /// Back to what the options say.
    func reset() {
        board.reset()
        for board in boards.values { board.reset() }
    }
}

extension IdentityAnswer {
    /// Why a request's own switches cannot be turned so.
    static func refused(_ error: SwitchError) -> IdentityAnswer {
        .json(
            400,
            ["error": "bad_switch", "reason": .string(error.message + (error.fix.map { "; " + $0 } ?? ""))])
    }
}

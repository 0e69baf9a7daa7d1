internal import AssayCore

/// Turns a container's health check into a service's readiness.
struct ReadinessMapping {
    let own: AddressBook.Member?
    /// Names by which the check may mean its own container.
    let names: [String]

    struct Found {
        var ready: StandDraft.Ready
        /// A program on this machine does the looking.
        var program: String?
    }

    func ready(_ check: ComposeService.Healthcheck) -> Found? {
        guard let test = check.test else { return nil }
        let words: [String]
        let line: String
        switch test {
        case .words(let given):
            words = given
            line = ShellWords.line(given)
        case .shell(let text):
            words = Self.withoutExit(ShellWords.split(text))
            line = text
        }
        if let path = httpPath(words) {
            return Found(ready: .init(kind: .http(path), within: check.patience))
        }
        if isPortCheck(words) { return Found(ready: .init(kind: .tcp, within: check.patience)) }
        return Found(ready: .init(kind: .run(rewritten(line)), within: check.patience), program: words.first)
    }

    /// `… || exit 1` says nothing that the status does not.
    private static func withoutExit(_ words: [String]) -> [String] {
        guard words.count > 3, words[words.count - 3] == "||", words[words.count - 2] == "exit" else {
            return words
        }
        return Array(words.dropLast(3))
    }

    /// The path that a plain GET by curl or wget asks for, when it is one of the service's first port.
    private func httpPath(_ words: [String]) -> String? {
        guard let program = words.first?.split(separator: "/").last, ["curl", "wget"].contains(program) else {
            return nil
        }
        let shell = ["|", "||", "&&", ";", ">", "2>&1", "grep"]
        let sends = [
            "-X", "--request", "-d", "--data", "-H", "--header", "-u", "--user", "--post-data",
        ]
        let silent = [">", "/dev/null", "2>&1"]
        let others = words.dropFirst().filter { !silent.contains($0) }
        guard !others.contains(where: { shell.contains($0) || sends.contains($0) }) else {
            return nil
        }
        guard let found = others.compactMap({ place($0) }).first, found.port ?? 80 == own?.mainPort ?? -1
        else {
            return nil
        }
        return TemplateText.escaped(found.path)
    }

    private func place(_ word: String) -> (port: Int?, path: String)? {
        var rest = word[...]
        if let mark = rest.firstRange(of: "://") {
            guard rest[..<mark.lowerBound] == "http" else { return nil }
            rest = rest[mark.upperBound...]
        } else if word.hasPrefix("-") || !word.contains(":") {
            return nil
        }
        let authority = rest.prefix { !"/?".contains($0) }
        let path = rest.dropFirst(authority.count)
        let colon = authority.lastIndex(of: ":").flatMap { authority[$0...].contains("]") ? nil : $0 }
        let host = colon.map { authority[..<$0] } ?? authority
        let here = ["localhost", "127.0.0.1", "0.0.0.0", "[::1]"] + names
        guard here.contains(String(host)) else { return nil }
        let port = colon.flatMap { Int(authority[authority.index(after: $0)...]) }
        return (port, path.hasPrefix("/") ? String(path) : "/" + path)
    }

    /// `nc -z localhost 8080`.
    private func isPortCheck(_ words: [String]) -> Bool {
        guard let program = words.first, ["nc", "ncat", "netcat"].contains(program), words.count >= 4 else {
            return false
        }
        let place = words.dropFirst().filter { !$0.hasPrefix("-") }
        return place.count == 2 && Int(place.last ?? "") == own?.mainPort
    }

    /// `localhost:8080` is another port here.
    private func rewritten(_ line: String) -> String {
        var text = TemplateText.escaped(line)
        for (index, port) in (own?.ports ?? []).enumerated() {
            let reference = index == 0 ? "${port}" : port.name.map { "${ports.\($0)}" } ?? "\(port.number)"
            for host in ["localhost", "127.0.0.1", "0.0.0.0"] + names {
                for sign in [":", " "] {
                    text = text.replacing(
                        "\(host)\(sign)\(port.number)", with: "127.0.0.1\(sign)\(reference)")
                }
            }
        }
        return text
    }
}

/// Who answers at which name within a compose file, and what stands for it in a template.
struct AddressBook {
    struct Member {
        /// Its name in templates.
        var name: String
        /// `postgres`, `redis`, …; `nil` for a service.
        var keyword: String?
        /// Where it listens in its container; the first is `${name.port}`.
        var ports: [(number: Int, name: String?)] = []
        var database: String?
        var user: String?
        var password: String?

        var mainPort: Int? { ports.first?.number }

        /// `${name.port}` or `${name.ports.metrics}`.
        func port(_ number: Int?) -> String? {
            guard let number, number != mainPort else { return "${\(name).port}" }
            return ports.first { $0.number == number }?.name.map { "${\(name).ports.\($0)}" }
        }
    }

    /// By every name that containers know it by.
    var members: [String: Member] = [:]
    /// Names that answer in the compose file and not in the stand.
    var absent: Set<String> = []

    /// A text with every address in it that the stand knows replaced by a reference.
    struct Rewritten {
        /// A template.
        var text = ""
        var isChanged = false
        /// Names in it that do not answer here.
        var dangling: Set<String> = []
    }

    /// Replaces URLs and `host:port` pairs; other text stays as it is.
    func rewritten(_ text: String) -> Rewritten {
        if let text = keyedWords(text) { return Rewritten(text: text, isChanged: true) }
        var result = Rewritten()
        var literal = ""
        var rest = text[...]
        var isAtStart = true
        while let sign = rest.first {
            if isAtStart, let (length, reference) = address(at: rest, &result.dangling) {
                result.text += TemplateText.escaped(literal) + reference
                result.isChanged = true
                literal = ""
                rest = rest.dropFirst(length)
                isAtStart = false
                continue
            }
            literal.append(sign)
            isAtStart = " ,;=\"'(|>\n\t".contains(sign)
            rest.removeFirst()
        }
        result.text += TemplateText.escaped(literal)
        return result
    }

    // MARK: URLs and authorities

    private func address(at text: Substring, _ dangling: inout Set<String>) -> (length: Int, String)? {
        let token = text.prefix { !" ,;\"')|>\n\t".contains($0) }
        if let mark = token.firstRange(of: "://") {
            let scheme = token[..<mark.lowerBound]
            guard let first = scheme.first, first.isLetter,
                scheme.allSatisfy({ $0.isLetter || $0.isNumber || "+.-:".contains($0) })
            else { return nil }
            return url(String(scheme), token[mark.upperBound...], &dangling).map { (token.count, $0) }
        }
        let host = token.prefix(while: Self.isHostSign)
        let behind = token.dropFirst(host.count)
        guard behind.first == ":" else { return nil }
        let digits = behind.dropFirst().prefix { $0.isNumber }
        let after = behind.dropFirst(1 + digits.count).first
        guard !digits.isEmpty, after == nil || after == "/" else { return nil }
        if absent.contains(String(host)) { dangling.insert(String(host)) }
        guard let member = members[String(host)] else { return nil }
        return (host.count + 1 + digits.count, authority(member, Int(digits)))
    }

    private static func isHostSign(_ sign: Character) -> Bool {
        sign.isASCII && (sign.isLetter || sign.isNumber || "-_.".contains(sign))
    }

    private func authority(_ member: Member, _ port: Int?) -> String {
        guard let port, port != member.mainPort, let other = member.port(port) else {
            return "${\(member.name).address}"
        }
        return "${\(member.name).host}:\(other)"
    }

    private func url(_ scheme: String, _ rest: Substring, _ dangling: inout Set<String>) -> String? {
        let authority = rest.prefix { !"/?#".contains($0) }
        let tail = rest.dropFirst(authority.count)
        let host = authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] } ?? authority
        let name = String(host.prefix(while: Self.isHostSign))
        if absent.contains(name) { dangling.insert(name) }
        guard let member = members[name] else { return nil }
        let port = Int(host.dropFirst(name.count + 1))
        let path = String(tail.prefix { !"?#".contains($0) })
        let query = TemplateText.escaped(String(tail.dropFirst(path.count)))
        switch member.keyword {
        case "postgres"?: return postgres(scheme, member, path: path, query: query)
        case "redis"?:
            let isFirst = path.isEmpty || path == "/" || path == "/0"
            if scheme == "redis", isFirst { return "${\(member.name).url}" + query }
            let password = member.password.map { ":\(TemplateText.escaped($0))@" } ?? ""
            return "\(scheme)://\(password)${\(member.name).address}" + TemplateText.escaped(path) + query
        case "nats"? where scheme == "nats": return "${\(member.name).url}"
        default:
            let isMain = port == nil || port == member.mainPort || member.port(port) == nil
            let begin =
                isMain && (scheme == "http" || scheme == "https")
                ? "${\(member.name).url}" : "\(scheme)://\(self.authority(member, port))"
            return begin + TemplateText.escaped(path) + query
        }
    }

    private func postgres(_ scheme: String, _ member: Member, path: String, query: String) -> String {
        let name = member.name
        let asked = path.dropFirst()
        let database =
            asked.isEmpty || asked == member.database ?? ""
            ? "${\(name).database}" : TemplateText.escaped(String(asked))
        if scheme.hasPrefix("jdbc:") { return "\(scheme)://${\(name).address}/\(database)\(query)" }
        if ["postgres", "postgresql"].contains(scheme), database == "${\(name).database}" {
            return "${\(name).url}" + query
        }
        let credentials = "${\(name).user}" + (member.password == nil ? "" : ":${\(name).password}")
        return "\(scheme)://\(credentials)@${\(name).address}/\(database)\(query)"
    }

    /// `host=postgres port=5432 dbname=…`, as libpq takes it.
    private func keyedWords(_ text: String) -> String? {
        let words = text.split(separator: " ")
        let pairs = words.map { $0.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false) }
        guard pairs.count > 1, pairs.allSatisfy({ $0.count == 2 }),
            let host = pairs.first(where: { $0[0] == "host" })?[1], let member = members[String(host)]
        else { return nil }
        return pairs.map { pair in
            let reference: String? =
                switch pair[0] {
                case "host": "host"
                case "port": "port"
                case "user" where pair[1] == member.user ?? "": "user"
                case "password" where pair[1] == member.password ?? "": "password"
                case "dbname" where pair[1] == member.database ?? "": "database"
                default: nil
                }
            return "\(pair[0])="
                + (reference.map { "${\(member.name).\($0)}" } ?? TemplateText.escaped(String(pair[1])))
        }.joined(separator: " ")
    }
}

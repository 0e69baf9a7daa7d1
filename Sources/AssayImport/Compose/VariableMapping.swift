internal import AssayCore

/// Carries a service's environment over: what names a part of the stand becomes a reference to it.
struct VariableMapping {
    let book: AddressBook
    /// The service's own ports, and what stands for each.
    let own: AddressBook.Member?
    /// What `.env` sets.
    let values: [String: String]
    let service: String
    private(set) var notes: [ImportNote] = []
    /// Ports of its own that the program is told.
    private(set) var told: Set<Int> = []
    /// It is told the address of another member.
    private(set) var readsOthers = false
    /// `DB_` is the part that `DB_HOST` names.
    private var prefixes: [(prefix: String, member: AddressBook.Member)] = []

    init(_ service: ComposeService, book: AddressBook, own: AddressBook.Member?, values: [String: String]) {
        self.book = book
        self.own = own
        self.values = values
        self.service = service.name
        for variable in service.environment {
            guard let text = variable.value?.filled(values).text,
                let suffix = Self.suffix(of: variable.name, among: Self.hosts),
                let member = book.members[text]
            else { continue }
            let prefix = variable.name.uppercased().dropLast(suffix.count)
            if !prefix.isEmpty { prefixes.append((String(prefix), member)) }
        }
        // The longest first: READ_DB_ before READ_.
        prefixes.sort { $0.prefix.count > $1.prefix.count }
    }

    private static let hosts = [
        "HOST", "HOSTNAME", "SERVER", "ADDR", "ADDRESS", "ENDPOINT", "BROKER", "NODE", "MASTER", "HOSTS",
        "SERVERS",
    ]
    private static let roles: [(name: String, words: [String])] = [
        ("database", ["NAME", "DATABASE", "DB", "DBNAME", "DB_NAME", "DATABASE_NAME"]),
        ("user", ["USER", "USERNAME", "LOGIN"]),
        ("password", ["PASSWORD", "PASS", "PWD", "PASSWD"]),
    ]

    /// The longest of the words with which the name ends.
    private static func suffix(of name: String, among words: [String]) -> String? {
        let name = name.uppercased()
        return words.filter(name.hasSuffix).max { $0.count < $1.count }
    }

    // MARK: environment

    /// - Returns: names with templates, in the order written.
    mutating func environment(_ variables: [ComposeService.Variable]) -> [(name: String, value: String)] {
        var result: [(name: String, value: String)] = []
        for variable in variables {
            if let value = value(of: variable) { result.append((variable.name, value)) }
        }
        return result
    }

    private mutating func value(of variable: ComposeService.Variable) -> String? {
        guard let written = variable.value else {
            return isReadable(variable) ? "${env.\(variable.name) || ''}" : nil
        }
        let text = written.filled(values).text
        if let reference = reference(variable.name, text) {
            readsOthers = true
            return reference
        }
        let rewritten = book.rewritten(text)
        for name in rewritten.dangling.union(book.absent.contains(text) ? [text] : []).sorted() {
            note(
                variable.location,
                "\(variable.name) names '\(name)', which is not in the stand: it is kept as written and answers nobody"
            )
        }
        if rewritten.isChanged {
            readsOthers = true
            let databases = book.members.values.filter { $0.keyword == "postgres" }
            if rewritten.text.contains("sslmode=require"),
                databases.contains(where: { rewritten.text.contains("${\($0.name).") })
            {
                note(
                    variable.location,
                    "\(variable.name) asks for TLS, which the stand's PostgreSQL does not speak")
            }
            return rewritten.text
        }
        if let listening = listening(variable.name, text) { return listening }
        if let file = variable.file, Self.isSecret(variable.name), !text.isEmpty {
            guard isReadable(variable) else { return nil }
            note(
                variable.location,
                "the value of \(variable.name) in \(file) is not copied: set it in the environment of the run"
            )
            return "${secret.\(variable.name)}"
        }
        return written.isVariable ? written.template(values) : TemplateText.escaped(text)
    }

    /// Whether a template can name the variable of the run's environment; told when it cannot.
    private mutating func isReadable(_ variable: ComposeService.Variable) -> Bool {
        let name = variable.name
        if let first = name.first, !first.isNumber,
            name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") })
        {
            return true
        }
        note(variable.location, "variable '\(name)' is left out: no template can name it")
        return false
    }

    private static func isSecret(_ name: String) -> Bool {
        let name = name.uppercased()
        return ["SECRET", "TOKEN", "PASSWORD", "PASSWD", "PRIVATE", "API_KEY", "APIKEY", "ACCESS_KEY"]
            .contains {
                name.contains($0)
            }
    }

    /// What names a part of the stand as a whole value: its host, its port, its user.
    private func reference(_ name: String, _ text: String) -> String? {
        if let member = book.members[text], Self.suffix(of: name, among: Self.hosts) != nil {
            return "${\(member.name).host}"
        }
        let upper = name.uppercased()
        if let (prefix, member) = prefixes.first(where: { upper.hasPrefix($0.prefix) }) {
            let rest = String(upper.dropFirst(prefix.count))
            if rest == "PORT", let number = Int(text), let port = member.port(number) { return port }
            return role(rest, text, of: member)
        }
        // POSTGRES_USER and PGUSER beside a host under another name.
        for prefix in ["POSTGRES_", "POSTGRESQL_", "PG", "DB_", "DATABASE_"] where upper.hasPrefix(prefix) {
            let databases = Set(book.members.values.filter { $0.keyword == "postgres" }.map(\.name))
            guard databases.count == 1,
                let member = book.members.values.first(where: { databases.contains($0.name) })
            else { continue }
            if let found = role(String(upper.dropFirst(prefix.count)), text, of: member) { return found }
        }
        return nil
    }

    private func role(_ rest: String, _ text: String, of member: AddressBook.Member) -> String? {
        let known = ["database": member.database, "user": member.user, "password": member.password]
        for (name, words) in Self.roles where words.contains(rest) && known[name] == text {
            return "${\(member.name).\(name)}"
        }
        return nil
    }

    /// The service's own port, told to it by a variable: `PORT=8080`, `LISTEN=:8080`.
    private mutating func listening(_ name: String, _ text: String) -> String? {
        guard let own else { return nil }
        let upper = name.uppercased()
        if upper.contains("PORT"), let number = Int(text), let known = reference(ownPort: number, own) {
            told.insert(number)
            return known
        }
        guard ["ADDR", "LISTEN", "BIND", "HOST", "URLS"].contains(where: upper.contains) else { return nil }
        return listening(text)
    }

    private func reference(ownPort number: Int, _ own: AddressBook.Member) -> String? {
        guard let index = own.ports.firstIndex(where: { $0.number == number }) else { return nil }
        return index == 0 ? "${port}" : own.ports[index].name.map { "${ports.\($0)}" }
    }

    /// `:8080` and `0.0.0.0:8080` at the end of a text.
    private mutating func listening(_ text: String) -> String? {
        guard let own, let colon = text.lastIndex(of: ":"),
            let number = Int(text[text.index(after: colon)...]), let known = reference(ownPort: number, own)
        else { return nil }
        let before = String(text[..<colon])
        for any in ["0.0.0.0", "[::]", "*", "+", ""] where before.hasSuffix(any) {
            let scheme = before.dropLast(any.count)
            guard scheme.isEmpty || scheme.hasSuffix("://") || scheme.hasSuffix("=") else { continue }
            told.insert(number)
            return "\(TemplateText.escaped(String(scheme)))127.0.0.1:\(known)"
        }
        return nil
    }

    // MARK: commands

    /// Words of a command, with addresses of the stand and ports of its own as references.
    mutating func words(_ words: [String]) -> [String] {
        var result: [String] = []
        for (index, word) in words.enumerated() {
            let before = index > 0 ? words[index - 1] : ""
            result.append(self.word(word, after: before))
        }
        return result
    }

    private mutating func word(_ word: String, after flag: String) -> String {
        // A line for a shell is read word by word too.
        if word.contains(" ") {
            return word.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
                .reduce(into: (words: [String](), before: "")) { done, next in
                    done.words.append(self.word(next, after: done.before))
                    done.before = next
                }.words.joined(separator: " ")
        }
        let rewritten = book.rewritten(word)
        if rewritten.isChanged {
            readsOthers = true
            return rewritten.text
        }
        if let listening = listening(word) { return listening }
        guard let own else { return rewritten.text }
        let isPortFlag = flag.hasPrefix("-") && (flag == "-p" || flag.lowercased().hasSuffix("port"))
        if isPortFlag, let number = Int(word), let known = reference(ownPort: number, own) {
            told.insert(number)
            return known
        }
        if let equals = word.lastIndex(of: "="), word[..<equals].lowercased().hasSuffix("port"),
            let number = Int(word[word.index(after: equals)...]), let known = reference(ownPort: number, own)
        {
            told.insert(number)
            return TemplateText.escaped(String(word[...equals])) + known
        }
        return rewritten.text
    }

    private mutating func note(_ location: SourceLocation, _ message: String) {
        notes.append(ImportNote(location: location, subject: service, message: message))
    }
}

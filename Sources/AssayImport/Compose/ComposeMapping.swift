internal import AssayCore

/// Decides what becomes of each service of a compose file.
struct ComposeMapping {
    let options: ComposeImport
    let compose: ComposeFile
    let files: (String) -> [UInt8]?
    let values: [String: String]
    let source: String
    var notes: [ImportNote] = []
    var book = AddressBook()
    var draft: StandDraft
    /// Names in templates, by the names of the compose file.
    private(set) var names: [String: String] = [:]
    /// Ports at which services listen because nothing tells them others.
    var fixedPorts: [Int: String] = [:]

    enum Role {
        case dependency(String, lacks: String?)
        case migrations(String)
        case program
        case container
        case leftOut(String)
    }

    init(
        _ options: ComposeImport, _ compose: ComposeFile, files: @escaping (String) -> [UInt8]?,
        values: [String: String], source: String
    ) {
        self.options = options
        self.compose = compose
        self.files = files
        self.values = values
        self.source = source
        let built = compose.services.first { $0.build != nil }
        draft = StandDraft(
            project: compose.name ?? built?.name ?? options.project,
            source: String(source.split(separator: "/").last ?? ""))
    }

    /// The stand; what there is to say about it is in ``notes``.
    mutating func stand() -> StandDraft {
        let roles = compose.services.map { ($0, role(of: $0)) }
        for (service, role) in roles { introduce(service, role) }
        for (service, role) in roles {
            switch role {
            case .dependency(let keyword, let lacks):
                if let lacks { note(service, service.image?.location, lacks) }
                dependency(service, keyword, roles: roles)
            case .program, .container: draft.services.append(self.service(service, role))
            case .migrations:
                note(
                    service,
                    "the stand applies migrations itself: PostgreSQL begins with them, and no tool is run")
            case .leftOut(let reason):
                note(service, service.image?.location, reason)
                draft.leftOut.append("\(service.name) (line \(service.location.line)): \(reason)")
            }
        }
        return draft
    }

    private func role(of service: ComposeService) -> Role {
        if !service.profiles.isEmpty, options.profiles.isDisjoint(with: service.profiles) {
            let asked = service.profiles.map { "--profile \($0)" }.joined(separator: " or ")
            return .leftOut("it belongs to a profile that was not asked for (\(asked))")
        }
        if service.build != nil { return .program }
        guard let image = service.image?.value else {
            return .leftOut("the file does not say what it runs")
        }
        let known = KnownImage.of(ImageReference(image))
        switch known {
        case .dependency(let keyword, let lacks)?: return .dependency(keyword, lacks: lacks)
        case .migrations(let folder)?: return .migrations(folder)
        default: break
        }
        if options.includesImages { return .container }
        if case .advised(let advice)? = known {
            return .leftOut("image '\(image)' is not run here: \(advice)")
        }
        let preset = service.name.contains("auth") ? " (`\(service.name): {preset: jwt}` issues tokens)" : ""
        return .leftOut(
            "image '\(image)' is not run here: put a double of that name under `doubles:`\(preset), "
                + "give its program a `run:`, or import with --images where a container engine is")
    }

    // MARK: names

    /// Makes a service known to the others.
    private mutating func introduce(_ service: ComposeService, _ role: Role) {
        let name = Self.templateName(service.name, besides: Set(names.values))
        let called = [service.name] + service.aliases
        var member = AddressBook.Member(name: name)
        switch role {
        case .dependency(let keyword, _):
            member.keyword = keyword
            member.ports = [(Self.usualPorts[keyword] ?? 0, nil)]
            if keyword == "postgres" {
                let access = access(of: service)
                (member.database, member.user, member.password) = (
                    access.database, access.user, access.password
                )
            }
            if keyword == "redis" { member.password = redisOptions(service)["requirepass"] }
        case .program, .container: member.ports = ports(of: service)
        case .migrations, .leftOut: return book.absent.formUnion(called)
        }
        if name != service.name {
            note(service, "it is called '\(name)' here: templates take no such name")
        }
        names[service.name] = name
        for alias in called where book.members[alias] == nil { book.members[alias] = member }
    }

    static let usualPorts = [
        "postgres": 5432, "redis": 6379, "prometheus": 9090, "pushgateway": 9091, "nats": 4222,
    ]

    /// A name that `${…}` can hold: letters, digits, `_`, and `-` before a letter.
    static func templateName(_ name: String, besides taken: Set<String>) -> String {
        var result = ""
        for (index, sign) in name.enumerated() {
            let next = name.dropFirst(index + 1).first
            let isHyphen = sign == "-" && !result.isEmpty && (next?.isLetter ?? false)
            result.append(sign.isLetter || sign.isNumber || sign == "_" || isHyphen ? sign : "_")
        }
        if result.first?.isNumber ?? true { result = "_" + result }
        if ["port", "ports", "folder", "env", "secret"].contains(result) { result += "_service" }
        while taken.contains(result) { result += "_" }
        return result
    }

    /// The service's own ports, the first one first; each besides it has a name.
    func ports(of service: ComposeService) -> [(number: Int, name: String?)] {
        var found: [(number: Int, name: String?)] = []
        func add(_ number: Int, _ name: String?) {
            guard !found.contains(where: { $0.number == number }) else { return }
            let taken = Set(found.compactMap(\.name))
            found.append(
                (number, found.isEmpty ? nil : Self.templateName(name ?? "port\(number)", besides: taken)))
        }
        for port in service.ports where !port.isUDP { add(port.target, port.name) }
        for number in service.exposed { add(number, nil) }
        if found.isEmpty { for number in stage(of: service)?.stage.ports ?? [] { add(number, nil) } }
        return found
    }

    /// What the service's Dockerfile says, and its path.
    func stage(of service: ComposeService) -> (path: String, stage: Dockerfile.Stage)? {
        guard let build = service.build else { return nil }
        let path = Self.joined(build.context, build.dockerfile)
        let text = build.inline ?? files(path).map { String(decoding: $0, as: UTF8.self) }
        return text.flatMap { Dockerfile(parsing: $0).stage(build.stage) }.map { (path, $0) }
    }

    // MARK: paths and notes

    /// A path of the compose file as the new file writes it.
    func path(_ written: String) -> String {
        written.hasPrefix("/") || written.hasPrefix("~") ? written : Self.joined(options.pathPrefix, written)
    }

    /// One path below another, without `.` and with `..` taken back where that is possible.
    static func joined(_ folder: String, _ path: String) -> String {
        if path.hasPrefix("/") { return path }
        var parts: [Substring] = []
        for part in folder.split(separator: "/") + path.split(separator: "/") where part != "." {
            if part == "..", let last = parts.last, last != ".." {
                parts.removeLast()
            } else {
                parts.append(part)
            }
        }
        return (folder.hasPrefix("/") ? "/" : "") + (parts.isEmpty ? "." : parts.joined(separator: "/"))
    }

    mutating func note(_ service: ComposeService, _ message: String) { note(service, nil, message) }

    mutating func note(_ service: ComposeService, _ location: SourceLocation?, _ message: String) {
        notes.append(
            ImportNote(location: location ?? service.location, subject: service.name, message: message))
    }

    /// Needs that the stand has, under their names here.
    mutating func needs(of service: ComposeService) -> [String] {
        var found: [String] = []
        for need in service.needs {
            if let name = names[need.service] {
                if !found.contains(name) { found.append(name) }
                if need.condition == "service_completed_successfully" {
                    note(
                        service, need.location,
                        "'\(need.service)' should have ended before it starts; here it is waited for until it is ready"
                    )
                }
            } else if !isMigration(need.service) {
                note(
                    service, need.location,
                    "it does not wait for '\(need.service)', which is not in the stand")
            }
        }
        return found
    }

    private func isMigration(_ name: String) -> Bool {
        guard let service = compose.services.first(where: { $0.name == name }) else { return false }
        if case .migrations = role(of: service) { return true }
        return false
    }
}

internal import AssayCore

extension ComposeMapping {
    mutating func dependency(_ service: ComposeService, _ keyword: String, roles: [(ComposeService, Role)]) {
        var made = StandDraft.Dependency(name: names[service.name] ?? service.name, keyword: keyword)
        if let image = service.image?.value { made.remarks.append("\(image), line \(service.location.line)") }
        switch keyword {
        case "postgres": postgres(service, &made, roles)
        case "redis": redis(service, &made)
        case "prometheus": prometheus(service, &made)
        case "nats": nats(service, &made)
        default: break
        }
        published(service, &made)
        if case .words? = service.healthcheck?.test { quietCheck(service) }
        if case .shell? = service.healthcheck?.test { quietCheck(service) }
        for mount in service.mounts where !mount.isBind {
            guard let volume = mount.source else { continue }
            note(
                service, mount.location, "volume '\(volume)' is left out: every run begins with nothing in it"
            )
        }
        draft.dependencies.append(made)
    }

    private mutating func quietCheck(_ service: ComposeService) {
        note(
            service, service.healthcheck?.location,
            "its health check is left out: Assay knows itself when it is ready")
    }

    private mutating func published(_ service: ComposeService, _ made: inout StandDraft.Dependency) {
        let usual = Self.usualPorts[made.keyword]
        for port in service.ports {
            guard port.target == usual || service.ports.count == 1 else {
                note(
                    service, port.location, "port \(port.target) is left out: the stand gives one port of it")
                continue
            }
            guard let number = port.published else { continue }
            if options.fixesPorts {
                made.settings.append(("port", .number(number)))
            } else {
                note(
                    service, port.location,
                    "port \(number) is left alone: a free one is taken, ${\(made.name).port}; `port: \(number)` fixes it"
                )
            }
        }
    }

    // MARK: PostgreSQL

    func access(of service: ComposeService) -> (database: String, user: String, password: String?) {
        func value(_ names: String...) -> String? {
            let variable = service.environment.last { names.contains($0.name) }
            return variable?.value.map { $0.filled(values).text }.flatMap { $0.isEmpty ? nil : $0 }
        }
        let user = value("POSTGRES_USER", "POSTGRESQL_USERNAME", "POSTGRESQL_USER") ?? "postgres"
        let database = value("POSTGRES_DB", "POSTGRESQL_DATABASE", "POSTGRESQL_DB")
        return (database ?? user, user, value("POSTGRES_PASSWORD", "POSTGRESQL_PASSWORD"))
    }

    private mutating func postgres(
        _ service: ComposeService, _ made: inout StandDraft.Dependency, _ roles: [(ComposeService, Role)]
    ) {
        let access = access(of: service)
        made.settings = [("database", .text(access.database)), ("user", .text(access.user))]
        if let password = access.password { made.settings.append(("password", .text(password))) }
        for variable in service.environment where variable.name.hasSuffix("_FILE") {
            note(
                service, variable.location, "\(variable.name) is a file in the container: write `password: …`"
            )
        }
        let scripts = scripts(for: service, roles)
        if !scripts.isEmpty { made.settings.append(("migrations", .list(scripts))) }
        let settings = postgresSettings(service)
        if !settings.isEmpty { made.settings.append(("settings", .settings(settings))) }
        if let version = service.image.flatMap({ ImageReference($0.value).majorVersion }), version >= 9,
            version < 100
        {
            note(
                service, service.image?.location,
                "version \(version) is not insisted on: the newest PostgreSQL installed is taken, `version: \(version)` insists"
            )
        }
    }

    /// What fills the database: its own start-up scripts, else the folder of a migration tool or of a service.
    private mutating func scripts(for service: ComposeService, _ roles: [(ComposeService, Role)]) -> [String]
    {
        var found: [String] = []
        for mount in service.mounts
        where mount.isBind && mount.target.hasPrefix("/docker-entrypoint-initdb.d") {
            guard let source = mount.source else { continue }
            if !source.hasSuffix(".sql"), source.split(separator: "/").last?.contains(".") == true,
                source != "."
            {
                note(service, mount.location, "'\(source)' is no SQL and is left out")
                continue
            }
            found.append(path(source))
        }
        if !found.isEmpty { return found }
        let users = roles.filter { other, _ in other.needs.contains { $0.service == service.name } }
        for (other, role) in users {
            for mount in other.mounts where mount.isBind {
                guard let source = mount.source else { continue }
                let isTool = if case .migrations = role { !source.hasSuffix(".conf") } else { false }
                let last = source.split(separator: "/").last?.lowercased() ?? ""
                guard isTool || last.contains("migration") else { continue }
                note(
                    service, mount.location,
                    "begins with what is in '\(source)', which '\(other.name)' mounts")
                return [path(source)]
            }
        }
        return []
    }

    /// `-c name=value` of the command; those about durability are Assay's own.
    private mutating func postgresSettings(_ service: ComposeService) -> [(name: String, value: String)] {
        let own = [
            "fsync", "synchronous_commit", "full_page_writes", "listen_addresses", "port", "config_file",
            "hba_file",
        ]
        var found: [(name: String, value: String)] = []
        var rest = (service.command?.value ?? [])[...]
        while let word = rest.popFirst() {
            let setting: Substring
            if word == "-c", let next = rest.popFirst() {
                setting = next[...]
            } else if word.hasPrefix("--"), word.contains("=") {
                setting = word.dropFirst(2)
            } else {
                continue
            }
            let pair = setting.split(separator: "=", maxSplits: 1).map(String.init)
            guard pair.count == 2 else { continue }
            let name = pair[0].replacing("-", with: "_")
            if own.contains(name) {
                note(service, service.command?.location, "setting \(name) is left out: Assay sets it itself")
            } else {
                found.append((name, pair[1]))
            }
        }
        return found
    }

    // MARK: Redis

    /// Options of the command: `--requirepass x --maxmemory 64mb`.
    func redisOptions(_ service: ComposeService) -> [String: String] {
        Dictionary(redisSettings(service), uniquingKeysWith: { $1 })
    }

    private func redisSettings(_ service: ComposeService) -> [(String, String)] {
        var found: [(String, String)] = []
        let words = (service.command?.value ?? []).flatMap { $0.contains(" ") ? ShellWords.split($0) : [$0] }
        for word in words {
            if word.hasPrefix("--") {
                found.append((String(word.dropFirst(2)), ""))
            } else if var last = found.popLast() {
                last.1 += last.1.isEmpty ? word : " " + word
                found.append(last)
            }
        }
        for variable in service.environment
        where ["REDIS_PASSWORD", "VALKEY_PASSWORD"].contains(variable.name) {
            if let password = variable.value?.filled(values).text, !password.isEmpty {
                found.append(("requirepass", password))
            }
        }
        return found
    }

    private mutating func redis(_ service: ComposeService, _ made: inout StandDraft.Dependency) {
        let own = [
            "save", "appendonly", "appendfsync", "port", "bind", "dir", "daemonize", "unixsocket", "logfile",
        ]
        var kept: [(name: String, value: String)] = []
        for (name, value) in redisSettings(service) {
            if own.contains(name) {
                note(service, service.command?.location, "setting \(name) is left out: Assay sets it itself")
            } else if name.hasPrefix("tls-") {
                note(
                    service, service.command?.location, "setting \(name) is left out: the stand speaks no TLS"
                )
            } else {
                kept.append((name, value))
            }
        }
        if let file = service.command?.value.first(where: { $0.hasSuffix(".conf") }) {
            note(
                service, service.command?.location,
                "'\(file)' is not read: write its settings under `config:`")
        }
        if !kept.isEmpty { made.settings.append(("config", .settings(kept))) }
        if let version = service.image.flatMap({ ImageReference($0.value).tag })?.split(separator: "-").first,
            version.first?.isNumber == true
        {
            note(
                service, service.image?.location,
                "version \(version) is not insisted on: the redis-server installed is taken")
        }
    }

    // MARK: Prometheus and NATS

    private mutating func prometheus(_ service: ComposeService, _ made: inout StandDraft.Dependency) {
        let flag = "--config.file="
        let words = service.command?.value ?? []
        let inside =
            words.first { $0.hasPrefix(flag) }.map { String($0.dropFirst(flag.count)) }
            ?? "/etc/prometheus/prometheus.yml"
        for word in words where word.hasPrefix("--") && !word.hasPrefix(flag) {
            let name = word.prefix { $0 != "=" }
            if ["--storage.tsdb.path", "--web.listen-address", "--web.enable-lifecycle"].contains(name) {
                continue
            }
            note(service, service.command?.location, "\(name) is left out")
        }
        guard let source = hostPath(of: inside, in: service) else {
            if service.command != nil, words.contains(where: { $0.hasPrefix(flag) }) {
                note(
                    service, service.command?.location,
                    "\(inside) is in the container: it scrapes nothing until `config:` names a file")
            }
            return
        }
        made.settings.append(("config", .text(path(source))))
        guard let bytes = files(source) else {
            return note(
                service, service.command?.location,
                "'\(source)' is not there yet; Prometheus needs it to start")
        }
        let text = String(decoding: bytes, as: UTF8.self)
        let named = compose.services.filter { text.contains("\($0.name):") }.map(\.name)
        if !named.isEmpty {
            note(
                service, service.location,
                "'\(source)' scrapes \(named.joined(separator: ", ")) by names that only containers know: it will find nothing there"
            )
        }
    }

    /// The path of this machine that is mounted at or above one of the container.
    private func hostPath(of inside: String, in service: ComposeService) -> String? {
        for mount in service.mounts where mount.isBind {
            guard let source = mount.source else { continue }
            let target = mount.target.hasSuffix("/") ? String(mount.target.dropLast()) : mount.target
            if inside == target { return Self.joined("", source) }
            if inside.hasPrefix(target + "/") {
                return Self.joined(source, String(inside.dropFirst(target.count + 1)))
            }
        }
        return nil
    }

    private mutating func nats(_ service: ComposeService, _ made: inout StandDraft.Dependency) {
        let words = service.command?.value ?? []
        if words.contains("-js") || words.contains("--jetstream") {
            made.settings.append(("jetstream", .yes))
        }
        if let index = words.firstIndex(where: { ["-c", "--config"].contains($0) }), index + 1 < words.count {
            note(
                service, service.command?.location,
                "'\(words[index + 1])' is not read: the server runs with its defaults")
        }
    }
}

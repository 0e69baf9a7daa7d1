internal import AssayCore
internal import AssayFormats

extension ComposeReader {
    /// Keys about containers, which have no meaning for a program run as it is.
    private static let silent: Set<String> = [
        "attach", "blkio_config", "cap_add", "cap_drop", "cgroup", "cgroup_parent", "cpu_count",
        "cpu_percent",
        "cpu_period", "cpu_quota", "cpu_rt_period", "cpu_rt_runtime", "cpu_shares", "cpus", "cpuset",
        "credential_spec", "device_cgroup_rules", "dns", "dns_opt", "dns_search", "domainname", "expose",
        "group_add",
        "init", "ipc", "isolation", "label_file", "labels", "logging", "mac_address", "mem_limit",
        "mem_reservation",
        "mem_swappiness", "memswap_limit", "oom_kill_disable", "oom_score_adj", "pid", "pids_limit",
        "platform",
        "privileged", "pull_policy", "read_only", "restart", "runtime", "security_opt", "shm_size",
        "stdin_open",
        "stop_grace_period", "stop_signal", "storage_opt", "sysctls", "tty", "ulimits", "user", "userns_mode",
        "uts",
        "working_dir", "annotations", "develop", "deploy",
    ]

    /// Keys whose absence is felt, and what to do about it.
    private static let named: [String: String] = [
        "extends": "`extends` is not followed: what the other service gives is missing here",
        "configs": "`configs` are files in the container: give the program their paths",
        "secrets":
            "`secrets` are files in the container: give the program their paths, or `${secret.NAME}` in `env`",
        "devices": "`devices` are the machine's own here",
        "gpus": "`gpus` are the machine's own here",
        "extra_hosts": "`extra_hosts` are not set: everything of the stand is on 127.0.0.1",
        "network_mode": "`network_mode` is not carried over: everything of the stand is on 127.0.0.1",
        "scale": "`scale` is not carried over: one of each is started",
        "tmpfs": "`tmpfs` is not made: `${folder}` is a private folder that goes with the stand",
        "volumes_from": "`volumes_from` is not carried over",
        "external_links": "`external_links` is not carried over: name the address in `env`",
        "post_start": "`post_start` is not run", "pre_stop": "`pre_stop` is not run",
        "provider": "`provider` is not asked", "models": "`models` are not started",
    ]

    private static let read = [
        "image", "build", "command", "entrypoint", "environment", "env_file", "ports", "depends_on", "links",
        "healthcheck", "volumes", "profiles", "container_name", "hostname", "networks",
    ]

    mutating func service(_ pair: YAMLNode.Pair) -> ComposeService? {
        guard Self.isName(pair.name) else {
            yaml.error(
                "AS254", "a service is named by letters, digits, `.`, `_` and `-`, found '\(pair.name)'",
                at: pair.key)
            return nil
        }
        var service = ComposeService(name: pair.name, location: pair.key.location)
        for field in yaml.entries(pair.value, "service '\(pair.name)'") { read(field, &service) }
        guard pair.value.pairs != nil else { return nil }
        if service.image == nil, service.build == nil, pair.value["extends"] == nil,
            pair.value["provider"] == nil
        {
            yaml.error(
                "AS244", "service '\(pair.name)' says neither `image` nor `build`", at: pair.key,
                fix: "give it one of them")
        }
        return service
    }

    private static func isName(_ name: String) -> Bool {
        !name.isEmpty && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) }
    }

    private mutating func read(_ field: YAMLNode.Pair, _ service: inout ComposeService) {
        let node = field.value
        switch field.name {
        case "image": service.image = text(node).map { .init(value: $0, location: node.location) }
        case "build": service.build = build(node, field.key)
        case "command": service.command = words(node).map { .init(value: $0, location: field.key.location) }
        case "entrypoint":
            service.entrypoint = words(node).map { .init(value: $0, location: field.key.location) }
        case "environment": merge(environment(node), into: &service)
        // What `environment` says counts for more, wherever it stands.
        case "env_file": service.environment = fresh(environmentFiles(node, service.name), beside: service)
        case "ports": service.ports = ports(node)
        case "expose": service.exposed = texts(node).compactMap { Int($0.prefix { $0.isNumber }) }
        case "depends_on": service.needs += needs(node)
        case "links":
            for link in yaml.list(node, of: { $0 }) ?? [] {
                guard let name = text(link)?.split(separator: ":").first else { continue }
                service.needs.append(
                    .init(service: String(name), condition: "service_started", location: link.location))
            }
        case "healthcheck": service.healthcheck = healthcheck(node, field.key)
        case "volumes": service.mounts = (yaml.list(node, of: { $0 }) ?? []).compactMap { mount($0) }
        case "profiles": service.profiles = texts(node)
        case "container_name", "hostname": if let alias = text(node) { service.aliases.append(alias) }
        case "networks":
            for network in node.pairs ?? [] {
                if let aliases = network.value["aliases"] { service.aliases += texts(aliases) }
            }
        case let name where name.hasPrefix("x-") || Self.silent.contains(name): break
        case let name:
            if let message = Self.named[name] { return note(service.name, field.key, message) }
            unknown(field.key, in: "a compose service", known: Self.read + Self.silent + Self.named.keys)
        }
    }

    // MARK: build

    private mutating func build(_ node: YAMLNode, _ key: YAMLNode) -> ComposeService.Build? {
        guard node.pairs != nil else {
            return text(node).map { ComposeService.Build(context: $0, location: key.location) }
        }
        var build = ComposeService.Build(context: ".", location: key.location)
        if let context = node["context"], let text = text(context) { build.context = text }
        if let file = node["dockerfile"], let text = text(file) { build.dockerfile = text }
        if let inline = node["dockerfile_inline"] { build.inline = yaml.string(inline) }
        if let stage = node["target"] { build.stage = text(stage) }
        return build
    }

    // MARK: environment

    private func environment(_ node: YAMLNode) -> [ComposeService.Variable] {
        variables(node).filter { variable in
            if !variable.name.isEmpty { return true }
            yaml.error("AS254", "a variable has a name before its value", at: variable.location)
            return false
        }
    }

    private func variables(_ node: YAMLNode) -> [ComposeService.Variable] {
        if let pairs = node.pairs {
            return pairs.map { pair in
                ComposeService.Variable(
                    name: pair.name, value: pair.value.isNull ? nil : template(pair.value),
                    location: pair.key.location)
            }
        }
        return (yaml.list(node, of: { $0 }) ?? []).compactMap { element in
            guard let text = yaml.text(element) else { return nil }
            let name = String(text.prefix { $0 != "=" })
            guard name.count < text.count else {
                return ComposeService.Variable(name: name, value: nil, location: element.location)
            }
            var value = element
            value.scalarText = String(text.dropFirst(name.count + 1))
            value.content = .string(value.scalarText ?? "")
            return ComposeService.Variable(name: name, value: template(value), location: element.location)
        }
    }

    /// Of a name that is written twice the last value counts, as for compose.
    private func merge(_ variables: [ComposeService.Variable], into service: inout ComposeService) {
        for variable in variables {
            service.environment.removeAll { $0.name == variable.name }
            service.environment.append(variable)
        }
    }

    private func fresh(
        _ variables: [ComposeService.Variable], beside service: ComposeService
    ) -> [ComposeService.Variable] {
        let names = Set(service.environment.map(\.name))
        return variables.filter { !names.contains($0.name) } + service.environment
    }

    private mutating func environmentFiles(_ node: YAMLNode, _ name: String) -> [ComposeService.Variable] {
        var found: [ComposeService.Variable] = []
        for element in yaml.oneOrMore(node, of: { $0 }) ?? [] {
            guard let path = text(element["path"] ?? element) else { continue }
            guard let bytes = files(path) else {
                if case .bool(false) = element["required"]?.content { continue }
                note(name, element, "env_file '\(path)' cannot be read: what it sets is missing")
                continue
            }
            let read = EnvironmentFile.read(bytes)
            let names = Set(read.map(\.0))
            found.removeAll { names.contains($0.name) }
            found += read.map { name, value in
                ComposeService.Variable(
                    name: name, value: try? ComposeText(value), location: element.location, file: path)
            }
        }
        return found
    }

    // MARK: order and health

    private mutating func needs(_ node: YAMLNode) -> [ComposeService.Need] {
        if let pairs = node.pairs {
            return pairs.map { pair in
                let condition = pair.value["condition"].flatMap {
                    yaml.enumeration(
                        $0, of: ["service_started", "service_healthy", "service_completed_successfully"])
                }
                return .init(
                    service: pair.name, condition: condition ?? "service_started", location: pair.key.location
                )
            }
        }
        return (yaml.list(node, of: yaml.string) ?? []).enumerated().map { index, name in
            .init(
                service: name, condition: "service_started",
                location: node.elements?[index].location ?? node.location)
        }
    }

    private mutating func healthcheck(_ node: YAMLNode, _ key: YAMLNode) -> ComposeService.Healthcheck? {
        guard node.pairs != nil else {
            _ = yaml.entries(node, "healthcheck")
            return nil
        }
        var check = ComposeService.Healthcheck(location: key.location)
        if let test = node["test"] { check.test = self.test(test) }
        if case .bool(true) = node["disable"]?.content { check.test = nil }
        if let interval = node["interval"], let time = duration(interval) { check.interval = time }
        if let period = node["start_period"], let time = duration(period) { check.startPeriod = time }
        if let retries = node["retries"], let count = text(retries).flatMap({ Int($0) }), count > 0 {
            check.retries = count
        }
        return check
    }

    private mutating func test(_ node: YAMLNode) -> ComposeService.Healthcheck.Test? {
        guard node.elements != nil else { return text(node).map { .shell($0) } }
        let words = texts(node)
        switch words.first {
        case "NONE"?: return nil
        case "CMD"?: return .words(Array(words.dropFirst()))
        case "CMD-SHELL"?: return .shell(words.dropFirst().joined(separator: " "))
        default:
            yaml.error(
                "AS245", "a healthcheck's test begins with CMD, CMD-SHELL or NONE", at: node,
                fix: "write `[CMD, …]`, or one line of text")
            return nil
        }
    }

    private mutating func duration(_ node: YAMLNode) -> Duration? {
        guard let text = text(node) else { return nil }
        if let time = Duration(unitText: text) { return time }
        yaml.error("AS245", "expected a time like 30s, found '\(text)'", at: node)
        return nil
    }
}

internal import AssayCore

extension ComposeMapping {
    mutating func service(_ service: ComposeService, _ role: Role) -> StandDraft.Service {
        let name = names[service.name] ?? service.name
        let own = book.members[service.name]
        var variables = VariableMapping(service, book: book, own: own, values: values)
        let environment = variables.environment(service.environment)
        var made = StandDraft.Service(name: name, start: .unknown(service.name))
        made.environment = environment
        if case .container = role {
            container(service, &variables, &made)
        } else {
            program(service, &variables, &made)
        }
        made.readsOthers = variables.readsOthers
        notes += variables.notes
        listen(service, own, told: variables.told, &made)
        made.ready = ready(service, own)
        made.needs = needs(of: service)
        return made
    }

    // MARK: how it is started

    private mutating func program(
        _ service: ComposeService, _ variables: inout VariableMapping, _ made: inout StandDraft.Service
    ) {
        guard let build = service.build else { return }
        let stage = stage(of: service)
        let context = path(build.context)
        made.remarks.append(
            "built from \(path(Self.joined(build.context, build.dockerfile))), line \(service.location.line)")
        if context != "." { made.folder = TemplateText.escaped(context) }
        mounts(of: service)
        // Compose: an entry point of its own drops the image's command too.
        let entrypoint = service.entrypoint?.value ?? stage?.stage.entrypoint?.words ?? []
        let fromImage = service.entrypoint == nil ? stage?.stage.command : nil
        let command = service.command?.value ?? fromImage?.words ?? []
        if service.entrypoint == nil, service.command == nil, entrypoint.isEmpty,
            case .shell(let line)? = fromImage
        {
            made.start = .line(variables.words([line])[0])
        } else if !(entrypoint + command).isEmpty {
            made.start = .words(variables.words(entrypoint + command))
        }
        switch made.start {
        case .unknown:
            let reason =
                stage == nil
                ? "there is no \(path(Self.joined(build.context, build.dockerfile)))"
                : "its Dockerfile has neither CMD nor ENTRYPOINT"
            note(service, build.location, "how it is started is not known (\(reason)): fill in its `run:`")
        default:
            let origin =
                if let place = service.command ?? service.entrypoint { "line \(place.location.line)" } else {
                    "\(path(stage?.path ?? "")):\(stage?.stage.line ?? 0)"
                }
            let folder = stage?.stage.folder.map { ", where it ran in \($0)" } ?? ""
            note(
                service, build.location,
                "`run:` is the command of the container (\(origin)\(folder)): see that its program is built and found here"
            )
        }
    }

    private mutating func container(
        _ service: ComposeService, _ variables: inout VariableMapping, _ made: inout StandDraft.Service
    ) {
        if let entrypoint = service.entrypoint {
            note(service, entrypoint.location, "`entrypoint` is not carried over: the image's own is used")
        }
        let volumes = service.mounts.compactMap { mount -> String? in
            guard let source = mount.source, mount.isBind else { return nil }
            // Without a slash it would be the name of a volume.
            let here = path(source)
            let shown =
                here.hasPrefix("/") || here.hasPrefix("~") || here.hasPrefix("..") ? here : "./" + here
            return TemplateText.escaped("\(shown):\(mount.target)\(mount.isReadOnly ? ":ro" : "")")
        }
        for mount in service.mounts where !mount.isBind {
            note(
                service, mount.location,
                "volume '\(mount.source ?? mount.target)' is left out: it ends with the container")
        }
        made.start = .image(
            TemplateText.escaped(service.image?.value ?? ""),
            command: variables.words(service.command?.value ?? []),
            volumes: volumes)
        made.remarks.append("needs a container engine, line \(service.location.line)")
    }

    /// Files that a program finds in its container.
    private mutating func mounts(of service: ComposeService) {
        for mount in service.mounts {
            guard mount.isBind, let source = mount.source else {
                let volume = mount.source ?? mount.target
                note(
                    service, mount.location,
                    "volume '\(volume)' is left out: the program writes where it runs, or to ${folder}")
                continue
            }
            note(
                service, mount.location,
                "'\(source)' is at \(mount.target) in the container only; here it is \(path(source))")
        }
    }

    // MARK: where it listens

    private mutating func listen(
        _ service: ComposeService, _ own: AddressBook.Member?, told: Set<Int>,
        _ made: inout StandDraft.Service
    ) {
        let ports = own?.ports ?? []
        for (index, port) in ports.enumerated() {
            let isTold = told.contains(port.number)
            if index > 0 {
                made.ports.append((port.name ?? "port\(port.number)", isTold ? nil : port.number))
            }
            if isTold { continue }
            let here = index == 0 ? "${port}" : "${ports.\(port.name ?? "port\(port.number)")}"
            if case .image = made.start, !made.readsOthers {
                // Inside its own network it collides with nobody.
                if index == 0 { made.port = port.number }
                continue
            }
            if let other = fixedPorts[port.number] {
                note(
                    service, service.ports.first?.location,
                    "'\(other)' listens on \(port.number) too: hand \(here) to one of them")
                if index > 0 { made.ports[index - 1].number = nil }
                continue
            }
            fixedPorts[port.number] = service.name
            if index == 0 { made.port = port.number }
            if case .image = made.start {
                note(
                    service, service.ports.first { $0.target == port.number }?.location,
                    "it shares this machine's network, to reach the stand, so \(port.number) must be free here"
                )
                continue
            }
            note(
                service, service.ports.first { $0.target == port.number }?.location,
                "nothing tells it another port than \(port.number), so it keeps that one; hand it \(here) for a free one"
            )
        }
        for port in service.ports where port.published != nil && !port.isUDP {
            guard let number = port.published, number != port.target || told.contains(port.target) else {
                continue
            }
            let index = ports.firstIndex { $0.number == port.target } ?? 0
            let here =
                index == 0 ? "${\(made.name).port}" : "${\(made.name).ports.\(ports[index].name ?? "")}"
            note(service, port.location, "port \(number) is not published: it is reached at \(here)")
        }
        for port in service.ports where port.isUDP {
            note(service, port.location, "UDP port \(port.target) is left out")
        }
    }

    // MARK: when it is ready

    private mutating func ready(_ service: ComposeService, _ own: AddressBook.Member?) -> StandDraft.Ready? {
        let mapping = ReadinessMapping(own: own, names: [service.name] + service.aliases)
        if let check = service.healthcheck, let found = mapping.ready(check) {
            if let program = found.program {
                note(
                    service, check.location,
                    "its health check is run on this machine: '\(program)' and what it names must be found here"
                )
            }
            return found.ready
        }
        if own?.ports.isEmpty ?? true {
            note(
                service,
                "it listens nowhere, so it counts as ready once it runs; `ready: {log: …}` would wait for more"
            )
            return .init(kind: .run("true"), within: nil)
        }
        return nil
    }
}

internal import AssayContracts
internal import AssayCore
internal import AssayFormats

/// What the project file says of the contract of one service or double.
struct ContractBinding: Sendable {
    /// `service 'ui'`
    var part: String
    /// Empty for `none`.
    var contracts: [ContractReference]
    var location: SourceLocation
}

/// Reads `contract:` at services and doubles of a stand, and takes it away from what their own readers see.
struct ContractBindingReader {
    let yaml: YAMLReading

    /// - Parameters:
    ///   - stand: the `stand:` of the project.
    ///   - bindings: takes what is written, by the name of the part.
    /// - Returns: the stand without it.
    func read(_ stand: YAMLNode, _ bindings: inout [String: ContractBinding]) -> YAMLNode {
        var stand = stand
        guard let pairs = stand.pairs else { return stand }
        stand.content = .mapping(
            pairs.map { pair in
                let word = ["services": "service", "doubles": "double"][pair.name]
                guard let word, let members = pair.value.pairs else { return pair }
                var pair = pair
                pair.value.content = .mapping(members.map { member($0, word, &bindings) })
                return pair
            })
        return stand
    }

    private func member(
        _ pair: YAMLNode.Pair, _ word: String, _ bindings: inout [String: ContractBinding]
    ) -> YAMLNode.Pair {
        guard let fields = pair.value.pairs, let written = fields.first(where: { $0.name == "contract" })
        else { return pair }
        var pair = pair
        pair.value.content = .mapping(fields.filter { $0.name != "contract" })
        let names = yaml.oneOrMore(written.value, of: yaml.string) ?? []
        var binding = ContractBinding(
            part: "\(word) '\(pair.name)'", contracts: [], location: written.value.location)
        for name in names where !(names.count == 1 && name == "none") {
            guard let reference = ContractReference(parsing: name) else {
                yaml.add(Self.unreadable(name, at: written.value.location))
                continue
            }
            binding.contracts.append(reference)
        }
        bindings[pair.name] = binding
        return pair
    }

    static func unreadable(_ name: String, at location: SourceLocation?) -> Diagnostic {
        Diagnostic(
            "AS423", "'\(name)' is no contract and version", at: location,
            fix: "write `ui-api`, `ui-api@v1` or `none`")
    }
}

extension Project {
    /// Everything in the project that names a contract.
    var contractUses: [ContractBook.Use] {
        contractBindings.sorted { $0.value.location < $1.value.location }.flatMap { _, binding in
            binding.contracts.map {
                ContractBook.Use($0, user: binding.part, location: binding.location)
            }
        }
    }

    /// Contracts of a part of the stand: those that are written at it, else those that it provides by its name.
    func contracts(of part: String, in book: ContractBook) -> [ContractReference] {
        contractBindings[part]?.contracts ?? book.contracts(ofProvider: part)
    }
}

/// Texts of `--help` and shell completion, made from the table.
enum Help {
    static func overview(version: String) -> String {
        let width = (Commands.all.map(\.name.count).max() ?? 0) + 3
        let rows = Commands.all.map { ($0.name, $0.summary) } + [ContractCommands.row]
        let commands = rows.map { "  " + padded($0.0, width) + $0.1 }.joined(separator: "\n")
        return """
            assay \(version): a backend's tests, from one file and one binary

            usage: assay COMMAND [OPTION…]

            \(commands)
              \(padded("completion", width))print completion for bash

            `assay COMMAND --help` says what a command takes.
            exit status: 0 passed · 1 failed · 2 bad input · 3 stand not ready · 4 fault in Assay · 5 inconclusive
                         130 interrupted
            """
    }

    /// What `assay GROUP --help` says.
    static func verbs(of group: String, _ commands: [Command]) -> String {
        let width = (commands.map(\.name.count).max() ?? 0) + 3
        let rows = commands.map { "  " + padded($0.name, width) + $0.summary }.joined(separator: "\n")
        return """
            usage: assay \(group) VERB [OPTION…]

            \(rows)

            `assay \(group) VERB --help` says what a verb takes.
            """
    }

    static func text(for command: Command) -> String {
        let rows = command.allOptions.map { option in
            let short = option.short.map { $0 + ", " } ?? "    "
            return (short + option.name + (option.valueText), option.help)
        }
        let width = (rows.map(\.0.count).max() ?? 0) + 3
        let options = rows.map { "  " + padded($0.0, width) + $0.1 }.joined(separator: "\n")
        let usage = ["usage: assay \(command.name) [OPTION…]", command.operands].filter { !$0.isEmpty }
        return """
            \(command.summary)

            \(usage.joined(separator: " "))

            \(options)
            \(command.notes.isEmpty ? "" : "\n" + command.notes + "\n")
            """
    }

    /// A completion function for bash.
    static var bashCompletion: String {
        let commands = Commands.all.map { command in
            let words = command.allOptions.map(\.name).joined(separator: " ")
            return "        \(command.name)) words=\"\(words)\" ;;"
        }
        let verbs = ContractCommands.all.map { verb in
            let words = verb.command.allOptions.map(\.name).joined(separator: " ")
            return "            \"\(verb.command.name)\") words=\"\(words)\" ;;"
        }
        let verbNames = ContractCommands.all.map { String($0.command.name.split(separator: " ")[1]) }
        return """
            _assay() {
                local word="${COMP_WORDS[COMP_CWORD]}" words=""
                if [ "$COMP_CWORD" -eq 1 ]; then
                    words="\(Commands.all.map(\.name).joined(separator: " ")) contract completion --help --version"
                elif [ "${COMP_WORDS[1]}" = contract ] && [ "$COMP_CWORD" -eq 2 ]; then
                    words="\(verbNames.joined(separator: " "))"
                elif [ "${COMP_WORDS[1]}" = contract ]; then
                    case "contract ${COMP_WORDS[2]}" in
            \(verbs.joined(separator: "\n"))
                    esac
                else
                    case "${COMP_WORDS[1]}" in
            \(commands.joined(separator: "\n"))
                    esac
                fi
                COMPREPLY=($(compgen -W "$words" -- "$word"))
                [ ${#COMPREPLY[@]} -gt 0 ] || COMPREPLY=($(compgen -f -- "$word"))
            }
            complete -F _assay assay
            """
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(1, width - text.count))
    }
}

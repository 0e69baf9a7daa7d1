/// What ``http.url`/items/${id}` `` makes: an address that is measured under one name, whatever was put into it.
final class HTTPURLTemplate {
    let url: String
    /// With `${}` in place of what was put in.
    let name: String
    private let holding: ScriptHolding

    private init(url: String, name: String, _ holding: ScriptHolding) {
        self.holding = holding
        self.url = url
        self.name = name
    }

    private static let type = NativeClass("URL", members: [])

    /// The tag function: the pieces of the text, then the values between them.
    static func make(_ runtime: ScriptRuntime, _ arguments: ScriptArguments) throws(ScriptThrow)
        -> ScriptValue
    {
        var url = ""
        var name = ""
        var place = 0
        guard runtime.isArray(arguments[0]) else {
            throw .typeError("http.url is a tag: write http.url`http://host/${id}`")
        }
        try runtime.forEachElement(of: arguments[0]) { piece throws(ScriptThrow) in
            let text = try runtime.text(piece)
            url += text
            name += text
            place += 1
            if place < arguments.count {
                url += try runtime.text(arguments[place])
                name += "${}"
            }
        }
        let address = ScriptAddress.of(url)
        if let fault = address.fault, fault.isUnreadable { throw .error(fault.reason) }
        if name == url { name = address.clean }
        let holding = try runtime.hold(128 + url.utf8.count + name.utf8.count)
        let made = try runtime.makeObject(of: type, holding: HTTPURLTemplate(url: url, name: name, holding))
        runtime.set(made, "name", runtime.make(name))
        runtime.set(made, "url", runtime.make(url))
        runtime.set(made, "clean_url", runtime.make(address.clean))
        return made
    }
}

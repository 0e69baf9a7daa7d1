/// What markup is made of.
enum HTMLToken {
    case start(HTMLStartTag)
    case end(name: String, tag: HTMLTag)
    case characters(String)
    case comment(String)
    case doctype(HTMLDoctype)
    /// Behind the last of them.
    case none
}

struct HTMLStartTag {
    var name: String
    var tag: HTMLTag
    /// No two have one name.
    var attributes: [HTMLAttribute] = []
    var isSelfClosing = false

    init(_ tag: HTMLTag) {
        self.tag = tag
        name = tag.rawValue
    }

    init(name: String) {
        self.name = name
        tag = HTMLTag(name)
    }

    subscript(attribute: String) -> String? { attributes.first { $0.name == attribute }?.value }
}

/// `<!DOCTYPE name PUBLIC "public" "system">`.
struct HTMLDoctype {
    var name = ""
    var publicID: String?
    var systemID: String?
    /// It is cut off or says something else.
    var isBroken = false

    /// Whether the page is to be read as in old times, when a table did not end a paragraph.
    /// Source: WHATWG HTML §13.2.6.4.1.
    var isQuirky: Bool {
        if isBroken || name != "html" { return true }
        if systemID?.lowercased() == "http://www.ibm.com/data/dtd/v11/ibmxhtml1-transitional.dtd" {
            return true
        }
        guard let id = publicID?.lowercased() else { return false }
        if ["-//w3o//dtd w3 html strict 3.0//en//", "-/w3c/dtd html 4.0 transitional/en", "html"].contains(id)
        {
            return true
        }
        if id.hasPrefix("-//w3c//dtd html 4.01 frameset//")
            || id.hasPrefix("-//w3c//dtd html 4.01 transitional//")
        {
            return systemID == nil
        }
        return Self.quirky.contains { id.hasPrefix("\($0)//") }
    }

    private static let quirky =
        [
            "+//silmaril//dtd html pro v0r11 19970101", "-//as//dtd html 3.0 aswedit + extensions",
            "-//advasoft ltd//dtd html 3.0 aswedit + extensions", "-//metrius//dtd metrius presentational",
            "-//netscape comm. corp.//dtd html", "-//netscape comm. corp.//dtd strict html",
            "-//o'reilly and associates//dtd html 2.0", "-//o'reilly and associates//dtd html extended 1.0",
            "-//o'reilly and associates//dtd html extended relaxed 1.0",
            "-//sq//dtd html 2.0 hotmetal + extensions",
            "-//softquad software//dtd hotmetal pro 6.0::19990601::extensions to html 4.0",
            "-//softquad//dtd hotmetal pro 4.0::19971010::extensions to html 4.0",
            "-//spyglass//dtd html 2.0 extended",
            "-//sun microsystems corp.//dtd hotjava html",
            "-//sun microsystems corp.//dtd hotjava strict html",
            "-//w3c//dtd html 3 1995-03-24", "-//w3c//dtd html 3.2 draft", "-//w3c//dtd html 3.2 final",
            "-//w3c//dtd html 3.2", "-//w3c//dtd html 3.2s draft", "-//w3c//dtd html 4.0 frameset",
            "-//w3c//dtd html 4.0 transitional", "-//w3c//dtd html experimental 19960712",
            "-//w3c//dtd html experimental 970421", "-//w3c//dtd w3 html", "-//w3o//dtd w3 html 3.0",
            "-//webtechs//dtd mozilla html 2.0", "-//webtechs//dtd mozilla html",
        ]
        + [
            "2.0 level 1", "2.0 level 2", "2.0 strict level 1", "2.0 strict level 2", "2.0 strict", "2.0",
            "2.1e",
            "3.0", "3.2 final", "3.2", "3", "level 0", "level 1", "level 2", "level 3", "strict level 0",
            "strict level 1", "strict level 2", "strict level 3", "strict",
        ].map { "-//ietf//dtd html \($0)" } + ["-//ietf//dtd html"]
        + [
            "2.0 html strict", "2.0 html", "2.0 tables", "3.0 html strict", "3.0 html", "3.0 tables",
        ].map { "-//microsoft//dtd internet explorer \($0)" }
}

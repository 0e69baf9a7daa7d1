internal import AssayFormats

/// The few pages that a person sees. What comes from outside is escaped here.
enum OIDCPages {
    private static func page(_ title: String, _ content: String) -> String {
        """
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><title>\(title.xmlEscaped)</title>
        <meta name="viewport" content="width=device-width">
        <style>body{font:1rem system-ui;max-width:22rem;margin:4rem auto;padding:0 1rem}\
        label,input,button{display:block;width:100%;box-sizing:border-box;margin:.3rem 0;font:inherit}\
        .problem{color:#a00}small{color:#666}</style></head>
        <body><h1>\(title.xmlEscaped)</h1>
        \(content)
        <p><small>A test double: no real account lives here.</small></p></body></html>

        """
    }

    private static func hidden(_ name: String, _ value: String) -> String {
        #"<input type="hidden" name="\#(name.xmlAttributeEscaped)" value="\#(value.xmlAttributeEscaped)">"#
    }

    private static func said(_ problem: String?) -> String {
        problem.map { #"<p class="problem" role="alert">\#($0.xmlEscaped)</p>"# } ?? ""
    }

    static func login(ticket: String, hint: String, problem: String? = nil) -> String {
        page(
            "Log in",
            """
            \(said(problem))<form method="post" action="login">\(hidden("ticket", ticket))
            <label>Name <input name="username" value="\(hint.xmlAttributeEscaped)" autocomplete="username" \
            autofocus></label>
            <label>Password <input name="password" type="password" autocomplete="current-password"></label>
            <button>Log in</button><button name="cancel" value="1">Cancel</button></form>
            """)
    }

    static func code(ticket: String, problem: String? = nil) -> String {
        page(
            "One-time code",
            """
            \(said(problem))<form method="post" action="login">\(hidden("ticket", ticket))
            <label>Code of six digits <input name="code" inputmode="numeric" autocomplete="one-time-code" \
            autofocus></label>
            <button>Go on</button><button name="cancel" value="1">Cancel</button></form>
            """)
    }

    static func device(_ userCode: String?, problem: String? = nil) -> String {
        page(
            "Connect a device",
            """
            \(said(problem))<form method="post" action="device">
            <label>Code that the device shows <input name="user_code" \
            value="\((userCode ?? "").xmlAttributeEscaped)"></label>
            <label>Name <input name="username" autocomplete="username"></label>
            <label>Password <input name="password" type="password" autocomplete="current-password"></label>
            <label>One-time code, if you have one <input name="code" inputmode="numeric"></label>
            <button>Allow</button><button name="deny" value="1">Deny</button></form>
            """)
    }

    static func refusal(_ code: String, _ reason: String) -> String {
        page("This cannot go on", "<p>\(code.xmlEscaped): \(reason.xmlEscaped)</p>")
    }

    static func message(_ text: String) -> String { page(text, "") }

    /// Sends itself. Source: OAuth 2.0 Form Post Response Mode §2.
    static func post(_ members: [(String, String)], to address: String) -> String {
        page(
            "One moment",
            """
            <form method="post" action="\(address.xmlAttributeEscaped)">\
            \(members.map { hidden($0.0, $0.1) }.joined())<button>Go on</button></form>
            <script>document.forms[0].submit()</script>
            """)
    }
}

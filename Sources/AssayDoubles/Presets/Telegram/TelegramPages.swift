internal import AssayFormats
internal import AssayWire

/// The page and the script that a browser gets. What comes from outside is escaped here.
enum TelegramPages {
    static let denied = page("Denied", "<p>The login was denied.</p>")

    private static func page(_ title: String, _ content: String) -> String {
        """
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><title>\(title.xmlEscaped)</title></head>
        <body><h1>\(title.xmlEscaped)</h1>
        \(content)
        <p><small>A test double: no real account lives here.</small></p></body></html>

        """
    }

    /// A button for each user.
    static func choice(
        _ users: [TelegramOptions.User], asking name: String, _ address: String, bot: Int64
    ) -> String {
        let buttons = users.map { user in
            """
            <p><button name="user" value="\(user.id)">\
            \([user.firstName, user.lastName ?? ""].joined(separator: " ").xmlEscaped)</button></p>
            """
        }
        return page(
            "Log in with Telegram",
            """
            <form method="get"><input type="hidden" name="\(name)" value="\(address.xmlAttributeEscaped)">
            <input type="hidden" name="bot_id" value="\(bot)">
            \(buttons.joined(separator: "\n"))</form>
            """)
    }

    /// Stands in for telegram.org/js/telegram-widget.js: a button that logs in, by `data-auth-url` or `data-onauth`.
    static func widget(_ url: String) -> String {
        """
        (() => {
          const script = document.currentScript, base = \(JSON.string(url).rendered());
          const button = document.createElement("button");
          button.textContent = "Log in with Telegram";
          button.className = "telegram-login";
          button.addEventListener("click", async () => {
            const address = script.dataset.authUrl;
            if (address) {
              location.href = base + "/login?auth_url=" + encodeURIComponent(new URL(address, location.href));
              return;
            }
            const answer = await fetch(base + "/login/payload");
            if (answer.ok) new Function("user", script.dataset.onauth)(await answer.json());
          });
          script.after(button);
        })();

        """
    }
}

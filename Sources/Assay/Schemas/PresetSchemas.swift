extension FileSchemas {
    /// Keys of every preset, whoever reads them.
    private static let common = """
        assay~ one : Version of the file's form; only in a file of its own.
        double~ text : Its name; only in a file of its own.
        faults~ [fault] : What goes wrong.
        pacts~ double-pacts : Keep what was answered as pacts.
        contract~ name / [name] : The contract that its answers keep.
        """

    static let presetSchemas = presets.replacing("COMMON", with: common)

    private static let presets = #"""
        @ jwt | jwt double | Gives out and checks JWTs.
        COMMON
        preset! enum(jwt) : The preset.
        key text : Key of HMAC, or file of a private one.
        algorithm enum(HS256|HS384|HS512|RS256|RS384|RS512|PS256|PS384|PS512|ES256|ES384|ES512|EdDSA) : Of the signature.
        ttl duration : How long a token is valid.
        refresh-ttl duration : How long a refresh token is valid.
        issuer text : Claim `iss`.
        audience text : Claim `aud`.
        unknown enum(register|refuse) : What becomes of users that are not listed.
        users name / [jwt-user] : Users, or a file with them.
        switches {value} : Switches as they are at the start.
        plan [value] : When switches are turned.

        @ jwt-user | user | A user.
        id text : Claim `sub`.
        telegram_id int : Number in Telegram.
        username text : Name to log in with.
        password text : Password to log in with.
        role text : One role.
        roles text / [text] : Several.

        @ oidc | oidc double | An OpenID provider.
        COMMON
        preset! enum(oidc) : The preset.
        issuer text : Its address as clients know it.
        algorithm text : Of signatures.
        login value : How users log in.
        audience text : Claim `aud`.
        access-tokens value : Form of access tokens.
        refresh-tokens value : Form of refresh tokens.
        refresh-rotation bool : Whether a refresh token is valid once.
        pkce value : Whether PKCE is asked for.
        pkce-plain bool : Whether its plain form is allowed.
        grants value : Grants that are allowed.
        scopes value : Scopes that are known.
        ttl oidc-ttl / duration : How long things are valid.
        rotate value : When keys are changed.
        clients name / [oidc-client] : Clients, or a file with them.
        users name / [oidc-user] : Users, or a file with them.
        user text : Who is logged in without asking.
        switches {value} : Switches as they are at the start.
        plan [value] : When switches are turned.

        @ oidc-ttl | ttl | How long things are valid.
        access duration : Access tokens.
        id duration : ID tokens.
        refresh duration : Refresh tokens.
        code duration : Codes.
        session duration : Sessions.

        @ oidc-client | client | A client.
        id! text : Its id.
        secret text : Its secret.
        auth value : How it shows who it is.
        redirect_uris text / [text] : Where users may be led.
        post_logout_redirect_uris text / [text] : Where they may be led after logging out.
        grants value : Grants that it may use.
        scopes value : Scopes that it may ask for.
        audience text : Claim `aud` of its tokens.
        switches {value} : Switches of this client alone.

        @ oidc-user | user | A user.
        username! text : Name to log in with.
        password text : Password to log in with.
        id text : Claim `sub`.
        roles text / [text] : Roles.
        totp text : Secret of one-time codes.
        claims {value} : More claims.

        @ telegram | telegram double | Telegram's login and bot API.
        COMMON
        preset! enum(telegram) : The preset.
        token text : Of the bot.
        bot text : Name of the bot.
        login value : What the login widget does.
        max-age duration : How old a login may be.
        users name / [telegram-user] : Users, or a file with them.
        switches {value} : Switches as they are at the start.
        plan [value] : When switches are turned.

        @ telegram-user | user | A user.
        id! int : Number in Telegram.
        first_name! text : First name.
        last_name text : Last name.
        username text : Name.
        photo_url text : Picture.

        @ openai | openai double | OpenAI's API.
        COMMON
        preset! enum(openai) : The preset.
        key text : Key that clients must have.
        models [name] : Models that there are.
        context int : Tokens that fit.
        organization name : Of the answers' headers.
        answers name / [openai-answer] : What is answered, or a file with it.
        tools enum(call|ignore) : Whether offered tools are called.
        tokens-per-second int : How fast answers come.
        first-token-after duration : When they begin.
        limits openai-limits : Requests and tokens a minute.
        flagged [name] : Words that moderation finds.
        transcript name : What is heard in every sound.
        switches {value} : Switches as they are at the start.
        plan [value] : When switches are turned.

        @ openai-limits | limits | Requests and tokens a minute.
        requests value : Requests.
        tokens value : Tokens.

        @ openai-answer | answer | What is answered to some prompts.
        when openai-condition : Which prompts.
        say text : A text.
        json value : A text of JSON.
        tool name / tool-call : A tool is called.
        tools [value] : Several tools are called.
        refuse text : A refusal.
        error openai-error : An error.
        tokens-per-second int : How fast it comes.
        first-token-after duration : When it begins.
        times int : So often.

        @ openai-condition | condition | Which prompts.
        contains value : Texts in the last message.
        matches text : A pattern of it.
        system value : Texts in the system's message.
        model value : Models.
        tool value : Tools that are offered.
        after value : Tools whose results are in it.

        @ tool-call | tool call | A tool that is called.
        name! name : Its name.
        arguments value : Its arguments.

        @ openai-error | error | An error.
        status int : Status.
        message name : Text.
        type name : Type.
        code value : Code.
        param value : Parameter that it speaks of.
        retry-after value : When to try again.

        @ upwork | upwork double | Upwork's API.
        COMMON
        preset! enum(upwork) : The preset.
        client-id text : Of the client.
        client-secret text : Of the client.
        redirects text / [text] : Where users may be led.
        ttl duration : How long tokens are valid.
        tokens enum(given|any) : Which tokens are accepted.
        tenants text / [text] : Organizations.
        refresh-tokens value : What becomes of refresh tokens.
        jobs int : How many jobs there are.
        data value : What queries answer.
        operations value : Queries that are known.
        unknown value : What becomes of other queries.
        limit value : Requests a minute.
        switches {value} : Switches as they are at the start.
        plan [value] : When switches are turned.

        @ speech | speech double | Speech to text and back, in OpenAI's form.
        COMMON
        preset! enum(speech) : The preset.
        key text : Key that clients must have.
        phrases value : Sounds and what is heard in them.
        alike percent : How alike a sound must be.
        unknown text : What is heard in other sounds.
        rate int : Samples a second.
        transcribing duration / delay : How long it takes to hear.
        speaking duration / delay : How long it takes to speak.
        switches {value} : Switches as they are at the start.
        plan [value] : When switches are turned.
        """#

    static let botSchemas = #"""
        @ bot | bot | A voice bot.
        format value : Form of the audio.
        greeting value : What it says first.
        end-of-speech duration : Silence that ends what a caller says.
        thinking duration / delay : How long it thinks.
        barge-in value : Whether it falls silent when spoken over.
        turns [bot-turn] : What it hears and answers.
        states value : The same by states.
        failed value : What it says when a tool fails.
        circuit-breaker value : When it stops asking a tool.
        stt value : Speech to text.
        tts value : Text to speech.
        llm value : A language model that answers.
        transfer value : What a transfer calls.
        hangup value : How it ends calls.
        mode value : A defect.
        strict bool : Whether departures from the protocol end a call.
        limits value : How many calls and how long.
        log text : Where it logs.
        otherwise value : What it says to anything else.
        start value : The first state.

        @ bot-turn | turn | Something heard, and the answer.
        heard! value : What was heard: `any`, or a text, a sound, keys.
        call value : A tool that is called.
        say value : What is said.
        then value : What comes next.
        failed value : What is said when the tool fails.
        after duration / delay : How long that takes.
        times int : So often.
        description text : Of the tool, for a language model.
        parameters value : Of the tool, for a language model.
        """#
}

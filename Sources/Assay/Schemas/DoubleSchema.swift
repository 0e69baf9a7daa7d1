extension FileSchemas {
    /// What a double may be, in the stand and in a file of its own.
    static let doubleType =
        "double-of-routes / double-of-file / double-of-redis / double-of-proxy / double-of-sink / double-of-toxiproxy"
        + " / double-of-openapi / double-of-pact / double-of-bot / jwt / oidc / telegram / openai / upwork / speech"

    static let doubleSchema = #"""
        @ double-of-routes | double; double's file | Answers requests by routes.
        assay one : Version of the file's form; only in a file of its own.
        double text : Its name; only in a file of its own.
        routes! [route] : Requests and what is answered.
        state state : A state that routes depend on.
        faults~ [fault] : What goes wrong.
        pacts~ double-pacts : Keep what was answered as pacts.
        contract~ name / [name] : The contract that its answers keep.

        @ double-of-file | | A double in a file of its own.
        http~ name : The file: Assay's, WireMock's or OpenAPI's.
        faults~ [fault] : What goes wrong besides.
        pacts~ double-pacts : Keep what was answered as pacts.
        contract~ name / [name] : The contract that its answers keep.
        ! http

        @ double-of-redis | double; double's file | A Redis in this process.
        assay one : Version of the file's form; only in a file of its own.
        double text : Its name; only in a file of its own.
        redis redis-double / null : Its options.
        ! redis

        @ redis-double | redis double | A Redis in this process.
        password text : Asked of clients.
        socket text : A UNIX socket besides.
        switches {value} : Switches as they are at the start.
        plan [value] : When switches are turned.

        @ double-of-proxy | double; double's file | A TCP proxy with faults.
        assay one : Version of the file's form; only in a file of its own.
        double text : Its name; only in a file of its own.
        proxy! proxy : Where it leads.

        @ proxy | proxy | A TCP proxy with faults.
        to! text : Address that it leads to.
        faults [proxy-fault] : What goes wrong.

        @ proxy-fault | fault of a proxy | Something that goes wrong with connections.
        latency duration : Bytes come later.
        jitter duration : By more or less.
        bandwidth value : Bytes a second.
        slow-close duration : Connections close later.
        timeout value : Connections stop and close.
        never-answer value : Nothing comes any more.
        reset value : Connections are reset.
        slicer slicer : Bytes come in small pieces.
        data-limit size : So many bytes pass.
        tls-failure value : TLS breaks.
        down value : Nothing listens.
        stream value : Which direction.
        rate value : Part of the connections.
        every int : Every so many connections.
        from duration : From then on.
        to duration : Until then.

        @ slicer | slicer | Bytes in small pieces.
        size size : Of a piece.
        variation size : By more or less.
        delay duration : Between pieces.
        pieces int : How many.
        over duration : In how long.

        @ double-of-sink | double; double's file | Takes everything and keeps it.
        assay one : Version of the file's form; only in a file of its own.
        double text : Its name; only in a file of its own.
        sink sink / null : What it answers.
        faults~ [fault] : What goes wrong.
        pacts~ double-pacts : Keep what was answered as pacts.
        contract~ name / [name] : The contract that its answers keep.
        ! sink

        @ sink | sink | Takes everything and keeps it.
        status int : Status of every answer.
        json value : Body of every answer.

        @ double-of-toxiproxy | double; double's file | Toxiproxy's HTTP API.
        assay one : Version of the file's form; only in a file of its own.
        double text : Its name; only in a file of its own.
        toxiproxy value : Nothing is to be said.
        ! toxiproxy

        @ double-of-openapi | double; double's file | Answers as an OpenAPI document says.
        assay one : Version of the file's form; only in a file of its own.
        double text : Its name; only in a file of its own.
        openapi! value : The document.
        faults~ [fault] : What goes wrong.
        pacts~ double-pacts : Keep what was answered as pacts.
        contract~ name / [name] : The contract that its answers keep.

        @ double-of-pact | double; double's file | Answers as a pact says.
        assay one : Version of the file's form; only in a file of its own.
        double text : Its name; only in a file of its own.
        pact! name / [name] / pact : The pacts.
        faults~ [fault] : What goes wrong.
        pacts~ double-pacts : Keep what was answered as pacts.
        contract~ name / [name] : The contract that its answers keep.

        @ pact | pact | Pacts whose answers are given.
        file! name / [name] : The files.
        states text / [text] : Only interactions of these states.

        @ double-of-bot | double; bot's file | A voice bot that speaks AudioSocket.
        assay one : Version of the file's form; only in a file of its own.
        double text : Its name; only in a file of its own.
        bot! name / bot : The bot, or its file.

        @ state | state | A state that routes depend on.
        key text : Whose state it is; of all by default.
        start text : The first one.

        @ route | route | A request and what is answered.
        on! route-request : The request.
        answer answer : What is answered.
        answers [answer] : One after the other.
        then enum(stay|again) : After the last answer.
        ! answer answers

        @ route-request | request of a route; request of a fault | Which requests.
        get text : GET of this path.
        post text : POST to this path.
        put text : PUT to this path.
        patch text : PATCH of this path.
        delete text : DELETE of this path.
        head text : HEAD of this path.
        options text : OPTIONS of this path.
        any text : This path with any method.
        headers {matcher} : Header fields.
        query {matcher} : Query parameters.
        form {matcher} : Fields of a form.
        json {matcher} : Places in the body.
        body matcher : The body as text.
        bearer text : Token of the authorization field.
        state text / [text] : Only in this state.
        ! get post put patch delete head options any

        @ answer | answer | What is answered.
        status int / template : Status; 200 by default.
        headers {text} : Header fields.
        json value : Body as JSON.
        text text : Body as text.
        file text : Body from a file.
        events [value] : Server-sent events.
        then value : What follows the last event.
        after duration / delay : How long that takes.
        becomes text : The next state.
        remember {value} : Values for later answers.

        @ event | event | A server-sent event.
        data! value : Its data.
        event text : Its name.
        id text : Its id.
        after duration : How long after the one before.

        @ delay | delay | How long something takes, the same each time or drawn.
        fixed duration : The same each time.
        uniform delay-uniform : Evenly between two.
        lognormal delay-lognormal : As services answer.
        percentiles {duration} : By percentiles.
        ! fixed uniform lognormal percentiles

        @ delay-uniform | uniform delay | Evenly between two.
        from! duration : The shortest.
        to! duration : The longest.

        @ delay-lognormal | lognormal delay | As services answer.
        median! duration : Half are shorter.
        sigma! number : How wide it is.
        at-most duration : The longest.

        @ fault | fault | Something that goes wrong with an exchange.
        on route-request : Only with these requests.
        every int : Every so many requests.
        rate value : Part of the requests.
        from duration : From then on.
        to duration : Until then.
        burst int : So many in a row.
        times int : So often in all.
        latency duration / delay : The answer comes later.
        bandwidth value : Bytes a second.
        slow-close duration : The connection closes later.
        slicer slicer : The answer comes in small pieces.
        status int : Another status.
        headers {text} : Header fields of that answer.
        body value : Body of that answer.
        reset value : The connection is reset.
        close value : The connection is closed.
        timeout value : Nothing comes, then it closes.
        never-answer value : Nothing comes.
        half-close value : One direction closes.
        malformed-chunk value : A chunk is broken.
        garbage value : No HTTP comes.
        data-limit size : So many bytes come.
        wrong-content-length value : The length is wrong.
        truncated-json value : The JSON is cut off.

        @ double-pacts | pacts | Keep what was answered as pacts.
        write! text : Their folder.
        consumer text : Who asked.
        provider text : Whose stand-in this is.
        """#
}

extension FileSchemas {
    static let stepSchemas = #"""
        @ step | step | One step; exactly one of its keys says what is done.
        id name : Name for captures and reports; unique in the file.
        name text : Name for reports.
        expect expect : What must come of it.
        capture capture : What later steps need of the answer.
        defer step / [step] : Cleanup, run in reverse order when the scenario ends.
        eventually duration / eventually : Try again until it holds.
        then [step] : Steps of `if` when it holds.
        else [step] : Steps of `if` when it does not.
        with {value} : Parameters of `use`.
        http http : An HTTP request.
        sql sql : A statement in a database of the stand.
        redis redis : Commands for a Redis.
        call call : Something a caller does in a voice call.
        create name / factory-call : Rows of a factory, in the database.
        build name / factory-call : Values of a factory, nowhere kept.
        fixture name / [name] / fixture-step : Fixtures to load.
        truncate value / truncate : Tables to empty.
        run text / [text] / run : A program.
        log log : A line that a service must log.
        double double-step : What a double was asked, or is to do.
        think duration / think : A pause.
        repeat repeat : Steps again and again.
        parallel parallel : Steps at the same time.
        if text : A condition, with `then` and `else`.
        use name : Another scenario's steps.
        group text : Name of a group, with `steps`.
        steps [step] : Steps of a group.
        metric metric / [metric] : Metrics of your own, from the answer or alone.
        tags {text} : Tags of what the step measures.
        sse sse : A stream of server-sent events.
        ws ws : A WebSocket.
        tcp tcp : A plain TCP connection.
        ! http sql redis call create build fixture truncate run log double think repeat parallel if use group sse ws tcp metric

        @ http | an http step | An HTTP request; exactly one method.
        get text : GET this address.
        post text : POST to this address.
        put text : PUT to this address.
        patch text : PATCH this address.
        delete text : DELETE this address.
        head text : HEAD of this address.
        options text : OPTIONS of this address.
        trace text : TRACE of this address.
        method text : Another method, with `url`.
        url text : Address of another method.
        headers {text} : Header fields.
        query {text} : Added to the address.
        bearer text : Token of the authorization field.
        cookies enum(off|pass|user) / {text} : Cookies of this request, or what becomes of those that are set.
        \#(requestSettings)
        json value : Body as JSON.
        text text : Body as text.
        form {text} : Body as a form.
        file text : Body from a file.
        multipart {text / part} / [part] : Body of several parts.
        ! get post put patch delete head options trace method

        @ sql | an sql step | A statement in a database of the stand.
        on! text : The database.
        query text : A statement that answers rows.
        run text : A statement that changes something.
        args [value] : Values of $1, $2…
        ! query run

        @ redis | redis step | Commands for a Redis of the stand.
        on! text : The Redis.
        do! text / [value] : One command as words, or several.
        timeout duration : How long it may take.

        @ run | run step | A program.
        command! text / [text] : Command line; a list goes without a shell.
        env {text} : Environment variables.
        folder text : Where it runs.
        input text : What it reads.
        timeout duration : How long it may take.

        @ log | log step | A line that a service must log.
        of! text : The service.
        contains text : Part of the line.
        matches text : Pattern of the line.
        json value : Members of a line in JSON.
        within duration : How long it is waited for.
        ! contains matches json

        @ double-step | double step | What a double was asked, or is to do.
        of! text : The double.
        within duration : How long `asked` waits.
        asked double-asked : A request that it must have seen.
        reset bool : Forget everything.
        travel text : Move its clock.
        switches {value} : Turn its switches.
        faults [value] : Put faults in.
        ! asked reset travel switches faults

        @ double-asked | request that a double was asked | A request that a double must have seen.
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
        times value : How often.
        within duration : How long it is waited for.
        ! get post put patch delete head options any

        @ think | think step | A pause of a random length.
        between [duration] : Shortest and longest.
        exponential duration / exponential : As independent users pause.
        normal normal : Around a mean.
        lognormal lognormal : As people think.
        ! between exponential normal lognormal

        @ exponential | 'exponential' | As independent users pause.
        mean! duration : The mean.
        at-most duration : The longest.

        @ normal | 'normal' | Around a mean.
        mean! duration : The mean.
        deviation! duration : The standard deviation.
        at-most duration : The longest.

        @ lognormal | 'lognormal' | As people think.
        median! duration : Half are shorter.
        sigma! number : How wide it is.
        at-most duration : The longest.

        @ repeat | repeat step | Steps again and again.
        times int / template : So often.
        while text : As long as this holds.
        over value : Once for each element.
        as name : What the element is called.
        max int : At most so often, with `while`.
        pause duration : Between passes.
        steps [step] : What is repeated.
        of value : A block or a file with the steps.
        with {value} : Parameters of the file.
        ! times while over
        ! steps of

        @ parallel | parallel step | Steps at the same time.
        times! int / template : So many branches.
        expect expect : How many must succeed.
        steps [step] : What each branch does.
        of value : A block or a file with the steps.
        with {value} : Parameters of the file.
        ! steps of

        @ factory-call | a factory; a create step; a build step | Rows or values of a factory.
        factory! text : Its name.
        traits text / [text] : Traits that are added.
        with {value} : Values in place of its own.
        count int / template : So many.
        each value : One for each element.
        cleanup bool : Whether the rows are removed at the end.

        @ fixture-step | a fixture step | Fixtures to load.
        load! text / [text] : Their names.
        cleanup bool : Whether their rows are removed at the end.

        @ truncate | a truncate step | Tables to empty.
        on text : The database.
        tables text / [text] : Only these.
        except text / [text] : All but these.
        cascade bool : Also rows that refer to them.
        restart bool : Numbers begin anew.
        """#

    static let callSchemas = #"""
        @ call | call step | Something a caller does in a voice call; exactly one wish.
        to text : Call this address.
        as name : Name of the new call.
        on name : The call that is meant.
        preset value : Form of the audio, by the far side.
        rate value : Samples a second.
        type value : Type byte of audio messages.
        encoding value : How samples are written.
        uuid value : Name of the call on the wire.
        between enum(silence|none) : What is sent while nothing is said.
        strict bool : Whether every departure from the protocol fails.
        keep-recording bool : Keep both sides.
        turn-pause duration : Silence that ends a turn.
        expect-greeting duration / call-within : Voice after the connection.
        say text / [text] / call-say : Sounds to say.
        expect-response duration / call-response : Voice after what was said.
        barge-in call-barge-in : Speak while the other side does.
        expect-stop duration / call-within : How soon it must fall silent then.
        dtmf text / call-dtmf : Keys to press.
        silence duration / call-silence : Say nothing.
        noise call-noise : Noise on the line.
        expect-silence duration / call-for : The other side must be silent.
        expect-hangup duration / call-expect-hangup : The other side must end the call.
        hangup value / call-hangup : End the call.
        stall-reading duration / call-for : Do not read for so long.
        split-header duration / call-split : Cut a message's head in two.
        play-burst text : A whole file at once.
        within duration : How long `hangup` may take.
        ! to expect-greeting say expect-response barge-in dtmf silence noise expect-silence expect-hangup hangup stall-reading split-header play-burst

        @ call-within | expect-greeting; expect-stop | How long it may take.
        within! duration : At most.

        @ call-for | expect-silence; stall-reading | For how long.
        for! duration : So long.

        @ call-say | say | Sounds to say.
        file! text / [text] : WAV files.
        waits value : Whether it waits for the other side.

        @ call-response | expect-response | Voice after what was said.
        within! duration : How long it may take.
        like text : A WAV file that it must resemble.
        likeness number : How much, 0 to 1.
        marker text : A key that must be heard in it.
        not-early bool : It may not begin before the caller ended.

        @ call-barge-in | barge-in | Speak while the other side does.
        after duration : So long after it began.
        say! text / [text] : WAV files.
        waits duration : How long the other side is waited for.

        @ call-dtmf | dtmf | Keys to press.
        digits! text : The keys.
        by value : How they are sent.

        @ call-silence | silence | Say nothing.
        for! duration : So long.
        frames enum(silence|none) : Whether silence is sent, or nothing.

        @ call-noise | noise | Noise on the line.
        for! duration : So long.
        level number : dBFS, -90 to 0.

        @ call-expect-hangup | expect-hangup | The other side must end the call.
        within! duration : How long that may take.
        how value : In which way.

        @ call-hangup | hangup | End the call.
        how! value : In which way.
        within duration : How long the other side may take.

        @ call-split | split-header | Cut a message's head in two.
        pause! duration : Between the parts.
        at int : After so many bytes.
        """#
}

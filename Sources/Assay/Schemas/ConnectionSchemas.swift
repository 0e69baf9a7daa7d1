extension FileSchemas {
    /// What requests are told by a step as by `http:`.
    static let requestSettings = #"""
        timeout duration : How long the exchange may take.
        first-byte-timeout duration : How long the answer may take to begin.
        connect-timeout duration : How long connecting may take.
        redirects int / redirects : How many redirects are followed; none by default.
        auth enum(none) / auth : Who sends it.
        compress enum(gzip|deflate|br|zstd) : How bodies are packed.
        accept text / [text] : Encodings that answers may have.
        expect-continue duration : How long `100 Continue` is waited for before a body.
        version value : HTTP version: 1.1, 2, or what the server chooses.
        tls tls : How TLS is spoken.
        proxy text / proxy-server : A proxy, or `none`.
        local-address text / [text] : Addresses that connections come from.
        hosts {text} : Where names of hosts lead.
        dns dns : How long names stay known.
        connections enum(per-user|shared|none) / connections : How connections are used again.
        streams int : Requests at a time on one HTTP/2 connection.
        """#

    static let connectionSchemas = #"""
        @ http-settings | 'http' | How requests are made.
        headers {text} : Header fields of every request.
        cookies enum(off|pass|user) : What becomes of cookies that are set.
        \#(requestSettings)

        @ redirects | 'redirects' | Which redirects are followed.
        at-most! int : So many in a row.
        to-http bool : Also from https to http.

        @ auth | 'auth' | Who sends a request.
        basic user : Name and password, in every request.
        digest user : Name and password, asked for by the server.
        bearer text : A token.
        ! basic digest bearer

        @ user | 'basic'; 'digest' | Name and password.
        user! text : The name.
        password! text : The password.

        @ part | part | A part of a body.
        name text : Name of the field.
        filename text : Name of the file.
        type text : Media type.
        text text : A text.
        file text : Content of a file.
        ! text file

        @ tls | 'tls' | How TLS is spoken.
        ca text : File of the authorities that are trusted.
        certificate text : File of the client's certificate.
        key text : File of its key.
        password text : Of the key.
        insecure bool : Trust anyone.
        server-name text : Name that the server must have.
        versions value : Versions that are spoken: 1.2, 1.3.
        session-reuse bool : Whether sessions are resumed.
        ciphers text : Ciphers that are offered.

        @ proxy-server | 'proxy' | A proxy.
        url! text : Its address.
        except text / [text] : Hosts that are reached without it.

        @ dns | 'dns' | How names of hosts are looked up.
        ttl! duration : How long they stay known.

        @ connections | 'connections' | Connections that all users share.
        shared! int : At most so many.

        @ metric | metric | A metric of your own.
        name! text : Its name.
        counter value : Added up.
        gauge value : The last one counts.
        rate value : Part of the times it is true.
        trend value : Percentiles are made of it.
        unit value : Unit of its values.
        ! counter gauge rate trend

        @ sse | an sse step | A stream of server-sent events; exactly one wish.
        open text : Ask for the stream at this address.
        receive text / null / event-filter : Wait for an event.
        listen duration / event-listen : Count events for so long.
        expect-close value : The server must end the stream.
        close value : End the stream.
        as name : Name of the new stream.
        on name : The stream that is meant.
        within duration : How long it may take.
        method text : Method of the request.
        headers {text} : Header fields of the request.
        query {text} : Added to the address.
        bearer text : Token of the authorization field.
        json value : Body as JSON.
        text text : Body as text.
        form {text} : Body as a form.
        last-event-id text : Where to go on.
        event-limit size : The largest event.
        reconnect value : Whether and how often it connects again.
        tls tls : How TLS is spoken.
        ! open receive listen expect-close close

        @ event-filter | receive | Which event.
        event matcher : Its name.
        id matcher : Its id.
        data matcher : Its data.
        json {matcher} : Places in its data.

        @ event-listen | listen | Events that are counted.
        for! duration : So long.
        event matcher : Their name.
        id matcher : Their id.
        data matcher : Their data.
        json {matcher} : Places in their data.

        @ reconnect | reconnect | How a stream connects again.
        times int : So often.
        pause duration : After so long.

        @ ws | a ws step | A WebSocket; exactly one wish, but for `receive` beside `send`.
        open text : Open a WebSocket at this address.
        send text / ws-send : Send a message, or a ping.
        receive text / ws-message : Wait for a message; beside `send`, for the answer.
        listen duration / ws-listen : Count messages for so long.
        close value : Close it, with a code and a reason.
        expect-close value : The peer must close it.
        as name : Name of the new WebSocket.
        on name : The WebSocket that is meant.
        within duration : How long it may take.
        strict bool : No other message may come before.
        headers {text} : Header fields of the handshake.
        query {text} : Added to the address.
        bearer text : Token of the authorization field.
        protocols text / [text] : Subprotocols that are offered.
        deflate bool / ws-deflate : Whether messages are packed.
        message-limit size : The largest message.
        tls tls : How TLS is spoken.

        @ ws-send | send | What is sent.
        text text : A text.
        json value : JSON.
        hex text : Bytes in hexadecimal.
        base64 text : Bytes in Base64.
        file text : Bytes of a file.
        ping text : A ping with this text.
        kind enum(text|binary) : Kind of the message.
        fragment size : Size of its pieces.
        ! text json hex base64 file ping

        @ ws-message | receive | Which message.
        kind matcher : Its kind: text, binary, pong.
        text matcher : Its text.
        hex matcher : Its bytes in hexadecimal.
        length matcher : How long it is.
        json {matcher} : Places in it.

        @ ws-listen | listen | Messages that are counted.
        for! duration : So long.
        count int : At most so many.
        kind matcher : Their kind: text, binary, pong.
        text matcher : Their text.
        hex matcher : Their bytes in hexadecimal.
        length matcher : How long they are.
        json {matcher} : Places in them.

        @ ws-close | close | How a WebSocket is closed.
        code int : The code; 1000 by default.
        reason text : The reason.

        @ ws-deflate | deflate | How messages are packed.
        server-no-context-takeover bool : The server packs each message alone.
        client-no-context-takeover bool : Assay packs each message alone.
        server-max-window-bits int : Window of the server, 8 to 15.
        client-max-window-bits int : Window of Assay, 8 to 15.

        @ double-tls | 'tls' | TLS of a double.
        names text / [text] : Names of its certificate.

        @ stream-bound | expect-close | How soon the peer must close.
        within duration : At most.
        how value : In which way.

        @ tcp | a tcp step | A plain TCP connection; exactly one wish.
        connect text : Address: host:port, tcp:// or tls://.
        send text / tcp-send : What is sent.
        receive enum(line|close) / tcp-receive : What is waited for.
        end-sending value : Nothing more is sent.
        expect-close value : The peer must close.
        close value : Close.
        as name : Name of the new connection.
        on name : The connection that is meant.
        within duration : How long it may take.
        tls bool / tls : Speak TLS.
        ! connect send receive end-sending expect-close close

        @ tcp-send | send | What is sent.
        text text : A text.
        line text : A text with a line's end.
        json value : JSON.
        hex text : Bytes in hexadecimal.
        base64 text : Bytes in Base64.
        file text : Bytes of a file.
        ending text : Behind it.
        prefix value : Its length in front of it.
        ! text line json hex base64 file

        @ tcp-receive | receive | What is waited for.
        until value : A text or bytes that end it.
        matches text : A pattern.
        length value : So many bytes.
        prefix value : A message behind its length.
        idle duration : Until nothing comes for so long.
        limit size : The largest message.
        ! until matches length prefix idle

        @ tcp-prefix | prefix | A message's length in front of it.
        bytes! int : So many bytes.
        order value : Which byte comes first.
        includes-itself bool : Whether it counts its own bytes.
        """#
}

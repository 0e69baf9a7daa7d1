extension FileSchemas {
    static let scenarioSchema = #"""
        @ scenario | scenario file | A scenario: steps with expectations, captures and cleanup.
        assay! one : Version of the file's form.
        scenario! text : Name of the scenario.
        tags text / [text] : Words to choose it by.
        params [name] / {value} : What `use` gives it, with or without a standard value.
        vars {value} : Variables that are set before the first step.
        cases [{value}] : One run each; every case has a `name`.
        blocks {[step]} : Steps by name, for `of`.
        timeout duration : How long it may take.
        paths name / [name] : Files that concern it, for `--changed`.
        steps! [step] : What is done, in order.

        @ expect | the expectation of 'http'; the expectation of 'sql'; the expectation of 'redis'; the expectation of 'run'; the expectation of 'parallel'; the expectation of 'call'; the expectation of 'double'; the expectation of 'create'; the expectation of 'build'; the expectation of 'fixture' | What a step must answer.
        status matcher / [matcher] : Status: 200, 2xx, [200, 201], or a matcher.
        headers {matcher} : Header fields by name.
        body matcher : The body as text.
        json {matcher} : JSONPath to what stands there; `$` is the whole.
        schema text : JSON Schema that the body keeps: file.json, openapi.yaml#name.
        golden text / golden : File that the body is compared with.
        within duration : How long the answer may take.
        contract name : The contract that the exchange keeps, or `none`.
        rows matcher : Rows of a query.
        row-count matcher : How many rows there are.
        value matcher : A reply of Redis.
        error matcher : The text of an error.
        exit matcher : Status with which a program ends.
        stdout matcher : What it prints.
        stderr matcher : What it complains.
        succeeded matcher : How many branches went well.
        failed matcher : How many did not.
        latency matcher : Time to an answer in a call.
        marker matcher : Key that was heard.
        likeness matcher : How alike two sounds are, 0 to 1.

        @ golden | golden | A file that an answer is compared with.
        file! text : The file; --update-golden rewrites it.
        masks value : JSONPaths of what differs every time.
        match value : Matchers for some places.

        @ capture | | Names that later steps read, and where their values come from.
        * text / {text}

        @ eventually | eventually | Tried again until it holds.
        within! duration : How long.
        every duration : Pause between tries; 200ms by default.

        @ matcher | | A value that must be equal, or a mapping of matchers.
        = anything
        equals~ value : Equal to this, also when it is a mapping.
        type~ text : string, number, integer, boolean, null, array or object.
        matches~ text : A regular expression.
        contains~ value : A part of it.
        between~ [value] : Least and greatest.
        less~ value : Less than this.
        greater~ value : More than this.
        at-most~ value : This or less.
        at-least~ value : This or more.
        length~ value : How long it is.
        unordered~ [value] : These elements in any order.
        absent~ bool : It is not there.
        schema~ text : A JSON Schema that it keeps.
        golden~ text / golden : A file that it is compared with.
        not~ matcher : This does not hold.
        any~ [matcher] : One of these holds.
        all~ [matcher] : All of these hold.
        """#
}

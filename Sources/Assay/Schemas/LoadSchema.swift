extension FileSchemas {
    static let loadSchema = #"""
        @ load | load profile | A load profile: which scenarios, how many users, what must hold.
        assay! one : Version of the file's form.
        load! text : Name of the profile.
        feed feed : Rows that users read as `${feed.column}`.
        feeds {feed} : Several, read by their names.
        tags {text} : Tags of everything that is measured.
        series-limit int : Series that tags may make of a metric.
        http http-settings : How requests are made.
        setup [step] : Done once before.
        teardown [step] : Done once after.
        scenarios! [name / load-scenario] : What users do.
        users int / name / users : Users at a time.
        arrivals rate / arrivals : Starts a second, however many users that takes.
        for duration : How long, beside `users: 20` or `arrivals: 50/s`.
        max-users int / name : Beside `arrivals: 50/s`: more starts at a time are dropped.
        ready-users int / name : Beside `arrivals: 50/s`: users that are there from the start.
        spread value : Beside `arrivals: 50/s`: how starts lie: evenly or by chance.
        start duration : How long after the run's start.
        pace duration : From the start of a pass to that of the next.
        graceful-ramp-down duration : How long passes may take to end when users become fewer.
        setup-timeout duration : How long the set-up may take.
        teardown-timeout duration : How long the teardown may take.
        iterations iterations : A fixed amount of work.
        thresholds [name] : What must hold: `p95(http.duration) < 1s over 30s, abort after 10s`.
        degrades name / [name] / degrades : When a rising load counts as broken.
        lag-bound duration : How late the generator may be (p99); 10ms by default.
        lateness-bound duration : How late audio frames may be (p99).
        contracts load-contracts : Part of the exchanges that contracts are checked on.
        graceful-stop duration : How long passes may take to end; 30s by default.

        @ feed | 'feed' | Rows that users read.
        rows! value : A file (.csv, .json, .jsonl …), or the rows.
        pick enum(in-order|random|shuffled|unique) : Which row.
        per enum(user|iteration) : Who draws one.
        at-end value : What happens behind the last row.
        delimiter text : Between the columns of a CSV.
        quote text : Around values of a CSV.
        columns [text] : Names of the columns of a CSV.
        header value : Whether the first line of a CSV names them.
        types {text} : Types of columns of a CSV.

        @ load-scenario | scenario of the profile | A scenario and how often.
        use! name : Its file.
        weight number : Part of the passes; 1 by default.
        with {value} : Its parameters.
        name text : What it is called in this profile.
        tags {text} : Tags of what it measures.
        users int / name / users : Users of its own.
        arrivals rate / arrivals : Starts of its own.
        iterations iterations : An amount of work of its own.
        for duration : How long, beside `users: 20` or `arrivals: 50/s`.
        max-users int / name : Beside `arrivals: 50/s`: more starts at a time are dropped.
        ready-users int / name : Beside `arrivals: 50/s`: users that are there from the start.
        spread value : Beside `arrivals: 50/s`: how starts lie: evenly or by chance.
        start duration : How long after the run's start.
        pace duration : From the start of a pass to that of the next.
        graceful-stop duration : How long passes may take to end.
        graceful-ramp-down duration : How long they may take when users become fewer.

        @ users | 'users' | Users at a time, by stages or steps.
        start int / name : At the beginning.
        stages [stage] : Where the number goes.
        step load-step : Rising in steps.
        at int / name : The same number all the time.
        for duration : How long, with `at`.
        ! stages step at

        @ arrivals | 'arrivals' | Starts a second, by stages or steps.
        start rate : At the beginning.
        stages [stage] : Where the rate goes.
        step load-step : Rising in steps.
        at rate : The same rate all the time.
        count int : So many starts, evenly.
        for duration : How long, with `at` and `count`.
        max-users! int / name : More starts at a time are dropped and counted.
        ready-users int / name : Users that are there from the start.
        spread value : How starts lie: evenly or by chance.
        ! stages step at count

        @ stage | a stage | One stretch of a schedule.
        for duration : How long it takes.
        from int / name : Where it begins.
        to int / name : Where it ends: 100, 100 users, 50/s.
        at int / name : The same all the time.
        count int : So many starts, evenly.
        pause duration : Nothing for so long.
        ! pause to at count

        @ load-step | 'step' | Steps of a rising load.
        by! int / name : How much more each is.
        every! duration : How long each is.
        to! int / name : The last one.
        ramp duration : How long each rise takes; a tenth of `every` by default.

        @ iterations | 'iterations' | A fixed amount of work.
        users! int : Users at a time.
        each int : Passes of each user.
        total int : Passes of all together.
        within duration : How long that may take.
        ! each total

        @ degrades | 'degrades' | When a rising load counts as broken.
        beyond! name / [name] : Thresholds of every step.
        at-least int / name : What must hold for the run to pass.
        confirm int : Broken steps in a row that end it.

        @ load-contracts | 'contracts' | Exchanges that contracts are checked on.
        sample! percent : This part of them.
        """#
}

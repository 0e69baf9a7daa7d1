extension FileSchemas {
    static let loadSchema = #"""
        @ load | load profile | A load profile: which scenarios, how many users, what must hold.
        assay! one : Version of the file's form.
        load! text : Name of the profile.
        feed feed : Rows that users read as `${feed.column}`.
        setup [step] : Done once before.
        teardown [step] : Done once after.
        scenarios! [name / load-scenario] : What users do.
        users users : Users at a time.
        arrivals arrivals : Starts a second, however many users that takes.
        iterations iterations : A fixed amount of work.
        thresholds [name] : What must hold: `p95(http.duration) < 1s over 30s, abort after 10s`.
        degrades name / [name] / degrades : When a rising load counts as broken.
        lag-bound duration : How late the generator may be (p99); 10ms by default.
        lateness-bound duration : How late audio frames may be (p99).
        contracts load-contracts : Part of the exchanges that contracts are checked on.
        graceful-stop duration : How long passes may take to end; 30s by default.

        @ feed | 'feed' | Rows that users read.
        rows! name : A .csv or .json file.
        pick enum(in-order|random|unique) : Which row.
        per enum(user|iteration) : Who draws one.

        @ load-scenario | scenario of the profile | A scenario and how often.
        use! name : Its file.
        weight number : Part of the passes; 1 by default.

        @ users | 'users' | Users at a time, by stages or steps.
        start int / name : At the beginning.
        stages [stage] : Where the number goes.
        step load-step : Rising in steps.
        ! stages step

        @ arrivals | 'arrivals' | Starts a second, by stages or steps.
        start rate : At the beginning.
        stages [stage] : Where the rate goes.
        step load-step : Rising in steps.
        max-users! int / name : More starts at a time are dropped and counted.
        ! stages step

        @ stage | a stage | One stretch of a schedule.
        for! duration : How long it takes.
        to! int / name : Where it ends: 100, 100 users, 50/s.

        @ load-step | 'step' | Steps of a rising load.
        by! int / name : How much more each is.
        every! duration : How long each is.
        to! int / name : The last one.
        ramp duration : How long each rise takes; a tenth of `every` by default.

        @ iterations | 'iterations' | A fixed amount of work.
        users! int : Users at a time.
        each int : Passes of each user.
        total int : Passes of all together.
        ! each total

        @ degrades | 'degrades' | When a rising load counts as broken.
        beyond! name / [name] : Thresholds of every step.
        at-least int / name : What must hold for the run to pass.
        confirm int : Broken steps in a row that end it.

        @ load-contracts | 'contracts' | Exchanges that contracts are checked on.
        sample! percent : This part of them.
        """#
}

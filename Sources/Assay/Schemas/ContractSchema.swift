extension FileSchemas {
    static let contractSchema = #"""
        @ contracts | manifest | Contracts of a folder.
        assay! one : Version of the file's form.
        contracts {contract} : Contracts by name.
        schemas {family} : Families of schemas.
        golden value : Examples and the schemas that they keep.
        waivers name : File of breaking changes that are accepted.

        @ contract | contract '…' | What two sides agreed on.
        provider! name : Who answers.
        consumers name / [name] : Who asks.
        direction value : Which side's messages are held to it.
        version value : Its version.
        ignore name / [name] : Places that are not compared.
        openapi value : Its OpenAPI document.
        routes [contract-route] : Its routes with schemas.
        answers {value} : Answers that all routes have, by status.
        messages {name} : Its messages, each with a schema.

        @ family | family '…' | Schemas of one name in several versions.
        compatibility value : What may change between versions.

        @ contract-route | route | A route with schemas.
        on! contract-target : Its method and path.
        query value : Its query parameters.
        headers value : Its header fields.
        parameters value : Parameters of its path.
        request value : Schema of the body.
        answers! {value} : What may be answered, by status.

        @ contract-target | 'on' | Method and path.
        get text : GET of this path.
        post text : POST to this path.
        put text : PUT to this path.
        patch text : PATCH of this path.
        delete text : DELETE of this path.
        head text : HEAD of this path.
        options text : OPTIONS of this path.
        trace text : TRACE of this path.
        ! get post put patch delete head options trace

        @ waiver | waiver | A breaking change that is accepted for a time.
        rule! name : The rule, as `assay contract diff` names it.
        path text : Only at this path.
        operation text : Only in this operation.
        file text : Only in this file.
        reason! name : Why.
        until! text : The last day, like 2026-12-31.
        """#

    static let factorySchema = #"""
        @ factories | factory file | Factories and fixtures.
        assay! one : Version of the file's form.
        factories {factory} : Factories by name.
        fixtures {fixture} : Fixtures by name.

        @ factory | factory | How rows of a table are made.
        table text : The table; the factory's name by default.
        on text : The database.
        extends text : A factory that this one builds on.
        key text / [text] : Columns of the key.
        returning text / [text] : Columns that the database fills in.
        params {field} : Values that fields read.
        fields {field} : Columns and their values or rules.
        after value : What is made after a row.
        traits {trait} : Variants by name.

        @ trait | trait | A variant of a factory; other keys are fields.
        * value
        params {field} : Values that fields read.
        fields {field} : Columns and their values or rules.
        after value : What is made after a row.
        traits text / [text] : Traits that this one includes.

        @ fixture | fixture | Rows by name.
        factory text : Made by this factory.
        table text : Rows of this table as they are.
        load value : Other fixtures.
        traits text / [text] : Traits of the factory.
        with {value} : Values in place of the factory's.
        count int / template : So many.
        each value : One for each element.
        rows value : The rows.
        on text : The database.
        key text / [text] : Columns of the key.
        returning text / [text] : Columns that the database fills in.
        cleanup bool : Whether the rows are removed at the end.
        ! factory table load

        @ field | the rule of a value | A value, or a mapping that says how it is made.
        = anything
        value value : This value.
        sequence value : Numbers in a row, or a text with `${n}`.
        step int : From one number of a sequence to the next.
        cycle [value] : One after the other.
        one-of [value] : One by chance.
        ref value : A value of another row.
        factory text : A row of another factory.
        take text : Column of that row.
        traits text / [text] : Traits of that factory.
        with {value} : Values in place of its own.
        count int / template : So many rows.
        each value : One for each element.
        if text : A condition.
        then value : When it holds.
        else value : When it does not.
        """#
}

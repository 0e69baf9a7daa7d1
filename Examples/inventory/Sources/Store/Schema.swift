/// The tables, word for word `db/schema.sql`, so that the program needs no file beside it; a test compares both.
enum Schema {
    static let text = #"""
        -- The inventory's tables. Each statement may run again: the service applies the same text when it starts.

        -- What a user holds now. Kept beside the operations, so that no request has to add them up.
        create table if not exists balances (
            user_id   text not null,
            section   text not null,
            item_id   text not null,
            available integer not null,
            reserved  integer not null,
            primary key (user_id, section, item_id),
            check (available >= 0),
            check (reserved >= 0)
        ) without rowid;

        -- Every change, one row an item. `day` is the UTC day it counts for.
        create table if not exists operations (
            id              integer primary key,
            user_id         text not null,
            operation_id    text not null,
            type            text not null,
            section         text not null,
            item_id         text not null,
            available_delta integer not null,
            reserved_delta  integer not null,
            day             text not null,
            created_at      text not null
        );
        create index if not exists operations_by_day on operations (user_id, day);

        -- Operations that were done once and must not be done twice; reservations have their state here.
        create table if not exists requests (
            user_id      text not null,
            operation_id text not null,
            type         text not null,
            state        text not null check (state in ('done', 'reserved', 'returned', 'consumed')),
            section      text not null,
            items        text not null,
            primary key (user_id, operation_id)
        ) without rowid;

        -- Which days a user's balances were worked out for; a day may have none.
        create table if not exists daily_snapshots (
            user_id    text not null,
            day        text not null,
            created_at text not null,
            primary key (user_id, day)
        ) without rowid;

        create table if not exists daily_balances (
            user_id  text not null,
            day      text not null,
            section  text not null,
            item_id  text not null,
            quantity integer not null,
            reserved integer not null,
            primary key (user_id, day, section, item_id)
        ) without rowid;

        create table if not exists audit_log (
            id         integer primary key,
            admin_id   text not null,
            user_id    text not null,
            action     text not null,
            section    text not null,
            item_id    text not null,
            delta      integer not null,
            reason     text not null,
            day        text not null,
            created_at text not null
        );
        create index if not exists audit_log_by_user on audit_log (user_id, id);

        """#
}

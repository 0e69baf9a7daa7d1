-- The inventory's tables for SQLite; each statement may run again. db/migrations makes the same ones on PostgreSQL.

-- Whom the identity service knows; made here only so that fixtures can put somebody in.
create table if not exists users (
    id          text primary key,
    telegram_id integer,
    first_name  text,
    username    text,
    created_at  text not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
) without rowid;

-- Every change, one row an item. `day` is the UTC day it counts for. Sections, collections, quality levels and types
-- are ids that classifier_items may explain; others are taken as well.
create table if not exists operations (
    id                integer primary key,
    user_id           text not null,
    section_id        text not null default 'main',
    item_id           text not null,
    collection_id     text not null default 'base',
    quality_level_id  text not null default 'base',
    quantity_change   integer not null,
    reserved_change   integer not null default 0,
    operation_type_id text not null,
    operation_id      text not null,
    day               text not null default current_date,
    created_at        text not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
);
create index if not exists operations_by_day on operations (user_id, day);

-- What a user holds now, so that no request has to add operations up; collections and qualities count together.
create table if not exists balances (
    user_id    text not null,
    section_id text not null,
    item_id    text not null,
    available  integer not null,
    reserved   integer not null,
    primary key (user_id, section_id, item_id),
    check (available >= 0),
    check (reserved >= 0)
) without rowid;

-- Keeps balances in step with operations, whoever adds them: the service, a fixture, a person with a console.
create trigger if not exists operations_change_balances after insert on operations begin
    -- The row first: the checks would judge a row to insert that holds a negative change.
    insert into balances (user_id, section_id, item_id, available, reserved)
        values (new.user_id, new.section_id, new.item_id, 0, 0)
        on conflict (user_id, section_id, item_id) do nothing;
    update balances
        set available = available + new.quantity_change, reserved = reserved + new.reserved_change
        where user_id = new.user_id and section_id = new.section_id and item_id = new.item_id;
end;

-- An operation that is taken out, as a factory's cleanup does, counts no longer: the others are added up. In the middle
-- of taking out several that may come to less than nothing.
create trigger if not exists operations_leave_balances after delete on operations
when exists (
    select 1 from balances
    where user_id = old.user_id and section_id = old.section_id and item_id = old.item_id
) begin
    update balances set (available, reserved) = (
            select max(0, coalesce(sum(quantity_change), 0)), max(0, coalesce(sum(reserved_change), 0))
            from operations
            where user_id = old.user_id and section_id = old.section_id and item_id = old.item_id
        )
        where user_id = old.user_id and section_id = old.section_id and item_id = old.item_id;
    delete from balances
        where user_id = old.user_id and section_id = old.section_id and item_id = old.item_id
        and not exists (
            select 1 from operations
            where user_id = old.user_id and section_id = old.section_id and item_id = old.item_id
        );
end;

-- Operations that were done once and must not be done twice; reservations have their state here.
create table if not exists requests (
    user_id           text not null,
    operation_id      text not null,
    operation_type_id text not null,
    state             text not null check (state in ('done', 'reserved', 'returned', 'consumed')),
    section_id        text not null,
    items             text not null,
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
    user_id    text not null,
    day        text not null,
    section_id text not null,
    item_id    text not null,
    quantity   integer not null,
    reserved   integer not null,
    primary key (user_id, day, section_id, item_id)
) without rowid;

create table if not exists audit_log (
    id         integer primary key,
    admin_id   text not null,
    user_id    text not null,
    action     text not null,
    section_id text not null,
    item_id    text not null,
    delta      integer not null,
    reason     text not null,
    day        text not null,
    created_at text not null
);
create index if not exists audit_log_by_user on audit_log (user_id, id);

-- What the ids mean: lists, and their entries.
create table if not exists classifiers (
    id          text primary key,
    description text not null
) without rowid;

create table if not exists classifier_items (
    classifier_id text not null references classifiers (id) on delete cascade,
    id            text not null,
    description   text not null,
    primary key (classifier_id, id)
) without rowid;

create table if not exists items (
    id         text primary key,
    class_id   text not null,
    name       text not null
) without rowid;

create table if not exists item_images (
    item_id          text not null references items (id) on delete cascade,
    collection_id    text not null default 'base',
    quality_level_id text not null default 'base',
    url              text not null,
    primary key (item_id, collection_id, quality_level_id)
) without rowid;

insert into classifiers (id, description) values
    ('section', 'where a user keeps things'),
    ('operation_type', 'why a balance changed'),
    ('collection', 'what things were made for'),
    ('quality_level', 'how good they are'),
    ('item_class', 'what kind of thing it is')
    on conflict do nothing;

insert into classifier_items (classifier_id, id, description) values
    ('section', 'main', 'at hand'),
    ('section', 'workshop', 'where things are made'),
    ('operation_type', 'add', 'given'),
    ('operation_type', 'system_reward', 'given by the system'),
    ('operation_type', 'reserve', 'set aside'),
    ('operation_type', 'return', 'no longer set aside'),
    ('operation_type', 'consume', 'used up'),
    ('operation_type', 'adjust', 'corrected by hand'),
    ('collection', 'base', 'always there'),
    ('quality_level', 'base', 'as it comes'),
    ('quality_level', 'fine', 'better than most'),
    ('item_class', 'material', 'to make things of'),
    ('item_class', 'tool', 'to make things with')
    on conflict do nothing;

insert into items (id, class_id, name) values
    ('550e8400-e29b-41d4-a716-446655440002', 'material', 'timber'),
    ('550e8400-e29b-41d4-a716-446655440003', 'material', 'iron'),
    ('550e8400-e29b-41d4-a716-446655440004', 'tool', 'hammer')
    on conflict do nothing;

insert into item_images (item_id, quality_level_id, url) values
    ('550e8400-e29b-41d4-a716-446655440002', 'base', '/images/timber.png'),
    ('550e8400-e29b-41d4-a716-446655440004', 'base', '/images/hammer.png'),
    ('550e8400-e29b-41d4-a716-446655440004', 'fine', '/images/hammer-fine.png')
    on conflict do nothing;

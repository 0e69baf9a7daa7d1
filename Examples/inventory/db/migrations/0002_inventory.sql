create schema inventory;

-- Sorted by bytes (collate "C"), as SQLite does: lists come in the same order from both.

-- Every change, one row an item. `day` is the UTC day it counts for. Sections, collections, quality levels and types
-- are ids that classifier_items may explain; others are taken as well.
create table inventory.operations (
    id                bigint generated always as identity primary key,
    user_id           text not null,
    section_id        text collate "C" not null default 'main',
    item_id           text collate "C" not null,
    collection_id     text not null default 'base',
    quality_level_id  text not null default 'base',
    quantity_change   bigint not null,
    reserved_change   bigint not null default 0,
    operation_type_id text not null,
    operation_id      text not null,
    day               date not null default (now() at time zone 'UTC')::date,
    created_at        timestamptz not null default now()
);
create index operations_by_day on inventory.operations (user_id, day);

-- What a user holds now, so that no request has to add operations up; collections and qualities count together.
create table inventory.balances (
    user_id    text not null,
    section_id text collate "C" not null,
    item_id    text collate "C" not null,
    available  bigint not null check (available >= 0),
    reserved   bigint not null check (reserved >= 0),
    primary key (user_id, section_id, item_id)
);

-- Operations that were done once and must not be done twice; reservations have their state here.
create table inventory.requests (
    user_id           text not null,
    operation_id      text not null,
    operation_type_id text not null,
    state             text not null check (state in ('done', 'reserved', 'returned', 'consumed')),
    section_id        text collate "C" not null,
    items             jsonb not null,
    primary key (user_id, operation_id)
);

-- Which days a user's balances were worked out for; a day may have none.
create table inventory.daily_snapshots (
    user_id    text not null,
    day        date not null,
    created_at timestamptz not null,
    primary key (user_id, day)
);

create table inventory.daily_balances (
    user_id    text not null,
    day        date not null,
    section_id text collate "C" not null,
    item_id    text collate "C" not null,
    quantity   bigint not null,
    reserved   bigint not null,
    primary key (user_id, day, section_id, item_id)
);

create table inventory.audit_log (
    id         bigint generated always as identity primary key,
    admin_id   text not null,
    user_id    text not null,
    action     text not null,
    section_id text collate "C" not null,
    item_id    text collate "C" not null,
    delta      bigint not null,
    reason     text not null,
    day        date not null,
    created_at timestamptz not null
);
create index audit_log_by_user on inventory.audit_log (user_id, id);

-- Keeps balances in step with operations, whoever adds them: the service, a fixture, a person with a console.
create function inventory.change_balances() returns trigger language plpgsql as $$
begin
    -- The row first: the checks would judge a row to insert that holds a negative change.
    insert into inventory.balances (user_id, section_id, item_id, available, reserved)
        values (new.user_id, new.section_id, new.item_id, 0, 0)
        on conflict (user_id, section_id, item_id) do nothing;
    update inventory.balances
        set available = available + new.quantity_change, reserved = reserved + new.reserved_change
        where user_id = new.user_id and section_id = new.section_id and item_id = new.item_id;
    return null;
end $$;
create trigger operations_change_balances after insert on inventory.operations
    for each row execute function inventory.change_balances();

-- An operation that is taken out, as a factory's cleanup does, counts no longer: the others are added up. In the middle
-- of taking out several that may come to less than nothing.
create function inventory.leave_balances() returns trigger language plpgsql as $$
declare
    held record;
begin
    perform 1 from inventory.balances
        where user_id = old.user_id and section_id = old.section_id and item_id = old.item_id for update;
    if not found then return null; end if;
    select count(*) as operations, sum(quantity_change) as available, sum(reserved_change) as reserved into held
        from inventory.operations
        where user_id = old.user_id and section_id = old.section_id and item_id = old.item_id;
    if held.operations = 0 then
        delete from inventory.balances
            where user_id = old.user_id and section_id = old.section_id and item_id = old.item_id;
    else
        update inventory.balances
            set available = greatest(0, held.available), reserved = greatest(0, held.reserved)
            where user_id = old.user_id and section_id = old.section_id and item_id = old.item_id;
    end if;
    return null;
end $$;
create trigger operations_leave_balances after delete on inventory.operations
    for each row execute function inventory.leave_balances();

-- What was worked out from operations goes with them. By `delete`: the same truncate may hold these tables too.
create function inventory.forget_what_follows() returns trigger language plpgsql as $$
begin
    delete from inventory.balances;
    delete from inventory.requests;
    delete from inventory.daily_snapshots;
    delete from inventory.daily_balances;
    return null;
end $$;
create trigger operations_truncated after truncate on inventory.operations
    for each statement execute function inventory.forget_what_follows();

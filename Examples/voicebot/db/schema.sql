-- What the bot keeps. What a call left behind goes with it.
create table calls (
    id         text primary key,
    started_at text not null,
    ended_at   text,
    turns      integer not null default 0,
    -- goodbye, transferred, silence, caller
    outcome    text,
    -- How the connection ended: fin, reset, mid-frame, bot, …
    ended_by   text
);

create table bookings (
    id         integer primary key,
    call_id    text not null references calls (id) on delete cascade,
    day        text not null,
    time       text not null,
    created_at text not null
);

create table orders (
    id         integer primary key,
    call_id    text not null references calls (id) on delete cascade,
    item       text not null,
    quantity   integer not null check (quantity > 0),
    created_at text not null
);

create index bookings_of_call on bookings (call_id);
create index orders_of_call on orders (call_id);

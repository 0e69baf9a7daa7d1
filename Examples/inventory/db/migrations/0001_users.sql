-- The identity service's schema; made here only so that fixtures can put somebody in.
create schema auth;

create table auth.users (
    id          uuid primary key default gen_random_uuid(),
    telegram_id bigint,
    first_name  text,
    username    text,
    created_at  timestamptz not null default now()
);

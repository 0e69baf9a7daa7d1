create table items (id integer primary key, name text not null);
insert into items values (100, 'kept');

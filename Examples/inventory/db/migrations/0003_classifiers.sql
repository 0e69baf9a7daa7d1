-- What the ids of operations mean: lists, and their entries.
create table inventory.classifiers (
    id          text collate "C" primary key,
    description text not null
);

create table inventory.classifier_items (
    classifier_id text collate "C" not null references inventory.classifiers (id) on delete cascade,
    id            text collate "C" not null,
    description   text not null,
    primary key (classifier_id, id)
);

create table inventory.items (
    id         text collate "C" primary key,
    class_id   text not null,
    name       text not null
);

create table inventory.item_images (
    item_id          text collate "C" not null references inventory.items (id) on delete cascade,
    collection_id    text collate "C" not null default 'base',
    quality_level_id text collate "C" not null default 'base',
    url              text not null,
    primary key (item_id, collection_id, quality_level_id)
);

insert into inventory.classifiers (id, description) values
    ('section', 'where a user keeps things'),
    ('operation_type', 'why a balance changed'),
    ('collection', 'what things were made for'),
    ('quality_level', 'how good they are'),
    ('item_class', 'what kind of thing it is');

insert into inventory.classifier_items (classifier_id, id, description) values
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
    ('item_class', 'tool', 'to make things with');

insert into inventory.items (id, class_id, name) values
    ('550e8400-e29b-41d4-a716-446655440002', 'material', 'timber'),
    ('550e8400-e29b-41d4-a716-446655440003', 'material', 'iron'),
    ('550e8400-e29b-41d4-a716-446655440004', 'tool', 'hammer');

insert into inventory.item_images (item_id, quality_level_id, url) values
    ('550e8400-e29b-41d4-a716-446655440002', 'base', '/images/timber.png'),
    ('550e8400-e29b-41d4-a716-446655440004', 'base', '/images/hammer.png'),
    ('550e8400-e29b-41d4-a716-446655440004', 'fine', '/images/hammer-fine.png');

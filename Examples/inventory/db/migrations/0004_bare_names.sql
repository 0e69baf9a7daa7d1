-- Every table under its bare name too, as SQLite has it: a statement of a test then works on both, whatever connection
-- it comes from. A setting of the database would not do: CREATE DATABASE … TEMPLATE leaves settings behind, not views.
create view public.users as select * from auth.users;
create view public.operations as select * from inventory.operations;
create view public.balances as select * from inventory.balances;
create view public.requests as select * from inventory.requests;
create view public.daily_snapshots as select * from inventory.daily_snapshots;
create view public.daily_balances as select * from inventory.daily_balances;
create view public.audit_log as select * from inventory.audit_log;
create view public.classifiers as select * from inventory.classifiers;
create view public.classifier_items as select * from inventory.classifier_items;
create view public.items as select * from inventory.items;
create view public.item_images as select * from inventory.item_images;

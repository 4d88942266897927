-- The roles of Porthole, made by a superuser before any migration: a CREATE ROLE inside a migration would break
-- Prisma's shadow database, since roles belong to the whole server (architecture §1). Idempotent. Passwords are set
-- apart, by prisma/migrate.ts, so that this file holds none.
DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['porthole_owner', 'porthole_portal', 'porthole_relay', 'porthole_worker', 'porthole_courier'] LOOP
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = name) THEN
      EXECUTE format('CREATE ROLE %I LOGIN', name);
    END IF;
  END LOOP;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'porthole_door') THEN
    CREATE ROLE porthole_door NOLOGIN;
  END IF;
END
$$;

-- Migrates and owns the tables. CREATEDB is for its own database and for Prisma's shadow databases.
ALTER ROLE porthole_owner LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOREPLICATION CREATEDB INHERIT;

-- The four processes. None owns anything, none passes row-level security, none is a member of another role.
ALTER ROLE porthole_portal LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOREPLICATION NOCREATEDB NOINHERIT;
ALTER ROLE porthole_relay LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOREPLICATION NOCREATEDB NOINHERIT;
ALTER ROLE porthole_worker LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOREPLICATION NOCREATEDB NOINHERIT;
ALTER ROLE porthole_courier LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOREPLICATION NOCREATEDB NOINHERIT;

-- The door: nobody logs in as it. It owns the few functions that act across tenants, and passes row-level security
-- inside them alone. The owner may become it to create those functions, and inherits nothing from it.
ALTER ROLE porthole_door NOLOGIN NOSUPERUSER BYPASSRLS NOCREATEROLE NOREPLICATION NOCREATEDB NOINHERIT;
GRANT porthole_door TO porthole_owner WITH INHERIT FALSE, SET TRUE, ADMIN FALSE;

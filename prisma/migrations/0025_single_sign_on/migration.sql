-- Single sign-on by OpenID Connect, for each organisation (ADR 0023, security.md §8).

-- ---------------------------------------------------------------------------------------------- tenant tables

-- Where an organisation's people prove who they are. The client's secret is sealed by a key of its own that only the
-- portal has, and bound to the organisation; nothing gives it back to a person.
CREATE TABLE "sso_connection" (
    "tenant_id" UUID NOT NULL,
    "issuer" TEXT NOT NULL,
    "client_id" TEXT NOT NULL,
    "kid" TEXT NOT NULL,
    "iv" BYTEA NOT NULL,
    "ct" BYTEA NOT NULL,
    "tag" BYTEA NOT NULL,
    "is_on" BOOLEAN NOT NULL DEFAULT false,
    -- Who gets in without being a member: who is invited, or everybody of its domains as a member.
    "joining" TEXT NOT NULL DEFAULT 'invited',
    -- People of its domains sign in no other way; owners may, so that there is a way back.
    "is_required" BOOLEAN NOT NULL DEFAULT false,
    "version" INTEGER NOT NULL DEFAULT 1,
    "changed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "changed_name" TEXT NOT NULL,

    CONSTRAINT "sso_connection_pkey" PRIMARY KEY ("tenant_id"),
    CONSTRAINT "sso_connection_issuer" CHECK (issuer ~ '^https://' AND char_length(issuer) <= 500),
    CONSTRAINT "sso_connection_client" CHECK (char_length(client_id) BETWEEN 1 AND 200),
    CONSTRAINT "sso_connection_sizes" CHECK (octet_length(iv) = 12 AND octet_length(tag) = 16 AND octet_length(ct) BETWEEN 1 AND 1024),
    CONSTRAINT "sso_connection_joining" CHECK (joining IN ('invited', 'members')),
    CONSTRAINT "sso_connection_required" CHECK (is_on OR NOT is_required)
);

-- Mail domains that an organisation says are its own. One counts once a text in its DNS said so too: from then on who runs
-- the domain could read its people's mail anyway, and so set their passwords. Counting, it is one organisation's.
CREATE TABLE "sso_domain" (
    "tenant_id" UUID NOT NULL,
    "domain" TEXT NOT NULL,
    "token" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "verified_at" TIMESTAMPTZ(3),

    CONSTRAINT "sso_domain_pkey" PRIMARY KEY ("tenant_id", "domain"),
    CONSTRAINT "sso_domain_shape" CHECK (domain ~ '^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$' AND char_length(domain) <= 253)
);
CREATE UNIQUE INDEX "sso_domain_verified_key" ON "sso_domain"("domain") WHERE verified_at IS NOT NULL;

ALTER TABLE "sso_connection" ADD CONSTRAINT "sso_connection_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;
ALTER TABLE "sso_domain" ADD CONSTRAINT "sso_domain_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

ALTER TABLE "sso_connection" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "sso_connection" FORCE ROW LEVEL SECURITY;
ALTER TABLE "sso_domain" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "sso_domain" FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON sso_connection
  USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
  WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY tenant ON sso_domain
  USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
  WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE (issuer, client_id, kid, iv, ct, tag, is_on, joining, is_required, version, changed_at, changed_name)
  ON sso_connection TO porthole_portal;
GRANT SELECT, INSERT, UPDATE (verified_at), DELETE ON sso_domain TO porthole_portal;

-- -------------------------------------------------------------------------------------------- identity tables

-- Who somebody is to an issuer.
CREATE TABLE "sso_identity" (
    "issuer" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "person_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "sso_identity_pkey" PRIMARY KEY ("issuer", "subject"),
    CONSTRAINT "sso_identity_subject" CHECK (char_length(subject) BETWEEN 1 AND 255)
);
-- One person is one subject: an address that was given to somebody else doesn't open the account of before.
CREATE UNIQUE INDEX "sso_identity_person_id_issuer_key" ON "sso_identity"("person_id", "issuer");

-- A way to an issuer and back: once, within minutes, in the browser that holds the cookie whose digest this is.
CREATE TABLE "sso_attempt" (
    "digest" TEXT NOT NULL,
    "tenant_id" UUID NOT NULL,
    "issuer" TEXT NOT NULL,
    "client_id" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "nonce" TEXT NOT NULL,
    "verifier" TEXT NOT NULL,
    "next" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "sso_attempt_pkey" PRIMARY KEY ("digest"),
    CONSTRAINT "sso_attempt_life" CHECK (expires_at <= created_at + interval '11 minutes'),
    CONSTRAINT "sso_attempt_next" CHECK (char_length(next) <= 2000)
);
CREATE INDEX "sso_attempt_expires_at_idx" ON "sso_attempt"("expires_at");
CREATE INDEX "sso_attempt_tenant_id_idx" ON "sso_attempt"("tenant_id");

ALTER TABLE "sso_identity" ADD CONSTRAINT "sso_identity_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE CASCADE ON UPDATE RESTRICT;
ALTER TABLE "sso_attempt" ADD CONSTRAINT "sso_attempt_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE CASCADE ON UPDATE RESTRICT;

ALTER TABLE "sso_identity" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "sso_identity" FORCE ROW LEVEL SECURITY;
ALTER TABLE "sso_attempt" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "sso_attempt" FORCE ROW LEVEL SECURITY;
CREATE POLICY portal ON sso_identity TO porthole_portal USING (true) WITH CHECK (true);
CREATE POLICY portal ON sso_attempt TO porthole_portal USING (true) WITH CHECK (true);
GRANT SELECT, INSERT ON sso_identity TO porthole_portal;
GRANT SELECT, INSERT, DELETE ON sso_attempt TO porthole_portal;

-- What stands in for the password while the second factor is waited for.
ALTER TABLE "pending_sign_in" ADD COLUMN "first" TEXT NOT NULL DEFAULT 'password',
  ADD CONSTRAINT "pending_sign_in_first" CHECK (first IN ('password', 'single-sign-on'));

-- ------------------------------------------------------------------------------------------------------- door

GRANT SELECT (tenant_id, is_on, is_required) ON sso_connection TO porthole_door;
GRANT SELECT (tenant_id, domain, verified_at) ON sso_domain TO porthole_door;

GRANT CREATE ON SCHEMA public TO porthole_door;
SET ROLE porthole_door;

-- Which organisation's people have addresses in the domain, before one of them is in context.
CREATE FUNCTION sso_of_domain(p_domain text) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT d.tenant_id FROM public.sso_domain d
  JOIN public.sso_connection c ON c.tenant_id = d.tenant_id AND c.is_on
  JOIN public.tenant t ON t.id = d.tenant_id AND t.suspended_at IS NULL
  WHERE d.domain = p_domain AND d.verified_at IS NOT NULL
$$;
GRANT EXECUTE ON FUNCTION sso_of_domain(text) TO porthole_portal;

-- Whether a person signs in by single sign-on alone: an organisation of theirs says so of the domain of their address, and
-- they don't own it.
CREATE FUNCTION sso_required_of(p_person uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (
    SELECT FROM public.person p
    JOIN public.membership m ON m.person_id = p.id AND m.role <> 'owner'
    JOIN public.sso_connection c ON c.tenant_id = m.tenant_id AND c.is_on AND c.is_required
    JOIN public.sso_domain d ON d.tenant_id = c.tenant_id AND d.verified_at IS NOT NULL
    WHERE p.id = p_person AND d.domain = split_part(p.email, '@', 2))
$$;
GRANT EXECUTE ON FUNCTION sso_required_of(uuid) TO porthole_portal;

RESET ROLE;
REVOKE CREATE ON SCHEMA public FROM porthole_door;

-- Requests (ADR 0025): a member asks for access to a machine, one who may share it answers; and the way in for an
-- emergency, which two others confirm. A row is a request from its asking to its answer, and history afterwards: names are
-- copies, and machine and people are no references.

CREATE TABLE "access_request" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "kind" TEXT NOT NULL,
    "person_id" UUID NOT NULL,
    "person_name" TEXT NOT NULL,
    "vm_id" UUID NOT NULL,
    "vm_name" TEXT NOT NULL,
    "role" "vm_role" NOT NULL,
    "length_ms" INTEGER NOT NULL,
    "reason" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    -- Unanswered until then, it has ended by itself.
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "outcome" TEXT,
    "ended_at" TIMESTAMPTZ(3),
    "ended_by" UUID,
    "ended_name" TEXT,
    "answer" TEXT,
    -- What was given in the end; never more than was asked for.
    "given_role" "vm_role",
    "given_until" TIMESTAMPTZ(3),
    "review" TEXT,
    "reviewed_at" TIMESTAMPTZ(3),
    "reviewed_by" UUID,
    "reviewed_name" TEXT,

    CONSTRAINT "access_request_pkey" PRIMARY KEY ("tenant_id","id"),
    CONSTRAINT "access_request_of_person" UNIQUE ("tenant_id","id","person_id"),
    CONSTRAINT "access_request_kind" CHECK (CASE kind
      WHEN 'access' THEN length_ms BETWEEN 60000 AND 604800000 AND expires_at <= created_at + interval '3 days'
      WHEN 'break-glass' THEN role = 'operator' AND length_ms BETWEEN 60000 AND 3600000 AND expires_at <= created_at + interval '30 minutes'
      ELSE false END),
    CONSTRAINT "access_request_reason" CHECK (char_length(reason) BETWEEN 1 AND 500),
    CONSTRAINT "access_request_answer" CHECK (char_length(answer) <= 500),
    CONSTRAINT "access_request_outcome" CHECK (outcome IN ('approved', 'refused', 'withdrawn', 'expired')),
    CONSTRAINT "access_request_end" CHECK ((outcome IS NULL) = (ended_at IS NULL) AND num_nulls(ended_by, ended_name) IN (0, 2)),
    CONSTRAINT "access_request_by_another" CHECK (outcome IS NULL OR CASE WHEN outcome IN ('approved', 'refused')
      THEN ended_by IS NOT NULL AND ended_by <> person_id ELSE ended_by IS NULL OR ended_by = person_id END),
    CONSTRAINT "access_request_given" CHECK (num_nulls(given_role, given_until) IN (0, 2)
      AND coalesce(outcome = 'approved', false) = (given_role IS NOT NULL) AND (given_role IS NULL OR given_role <= role)
      AND (given_until IS NULL OR given_until <= ended_at + length_ms * interval '1 millisecond')),
    CONSTRAINT "access_request_review" CHECK (num_nulls(review, reviewed_at, reviewed_by, reviewed_name) IN (0, 4)
      AND (review IS NULL OR (kind = 'break-glass' AND outcome = 'approved' AND reviewed_by <> person_id
        AND char_length(review) BETWEEN 1 AND 1000)))
);
-- One open request of a person for a machine: two clicks ask once.
CREATE UNIQUE INDEX "access_request_open" ON "access_request"("tenant_id", "person_id", "vm_id") WHERE outcome IS NULL;
CREATE INDEX "access_request_of_time" ON "access_request"("tenant_id", "created_at" DESC);
CREATE INDEX "access_request_waiting" ON "access_request"("tenant_id", "expires_at") WHERE outcome IS NULL;
CREATE INDEX "access_request_unreviewed" ON "access_request"("tenant_id", "vm_id")
  WHERE kind = 'break-glass' AND outcome = 'approved' AND reviewed_at IS NULL;
ALTER TABLE "access_request"
  ADD CONSTRAINT "access_request_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- Who confirmed an emergency: each person once, and never the one who asked.
CREATE TABLE "request_confirmation" (
    "tenant_id" UUID NOT NULL,
    "request_id" UUID NOT NULL,
    "person_id" UUID NOT NULL,
    "person_name" TEXT NOT NULL,
    "asker_id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "request_confirmation_pkey" PRIMARY KEY ("tenant_id","request_id","person_id"),
    CONSTRAINT "request_confirmation_by_another" CHECK (person_id <> asker_id)
);
ALTER TABLE "request_confirmation"
  ADD CONSTRAINT "request_confirmation_tenant_id_request_id_asker_id_fkey" FOREIGN KEY ("tenant_id", "request_id", "asker_id")
    REFERENCES "access_request"("tenant_id", "id", "person_id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- The grant that came of a request names it; a request gives one grant at most.
ALTER TABLE "access_grant" ADD COLUMN "request_id" UUID;
CREATE UNIQUE INDEX "access_grant_tenant_id_request_id_key" ON "access_grant"("tenant_id", "request_id");
ALTER TABLE "access_grant"
  ADD CONSTRAINT "access_grant_tenant_id_request_id_fkey" FOREIGN KEY ("tenant_id", "request_id")
    REFERENCES "access_request"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT,
  ADD CONSTRAINT "access_grant_request_ends" CHECK (request_id IS NULL OR (ends_at IS NOT NULL AND vm_id IS NOT NULL AND person_id IS NOT NULL));

ALTER TABLE "tenant_policy"
  ADD COLUMN "break_glass" TEXT NOT NULL DEFAULT 'off',
  ADD CONSTRAINT "tenant_policy_break_glass" CHECK (break_glass IN ('off', 'on'));
GRANT INSERT (break_glass), UPDATE (break_glass) ON tenant_policy TO porthole_portal;

-- Four more kinds of mail, beside those that there are.
DO $$
DECLARE
  v_before text;
BEGIN
  SELECT pg_get_expr(c.conbin, c.conrelid) INTO STRICT v_before FROM pg_constraint c
    WHERE c.conrelid = 'public.mail'::regclass AND c.conname = 'mail_kind';
  ALTER TABLE public.mail DROP CONSTRAINT mail_kind;
  EXECUTE format('ALTER TABLE public.mail ADD CONSTRAINT mail_kind CHECK ((%s) OR kind IN (%s))', v_before,
    '''request-asked'', ''request-answered'', ''glass-asked'', ''glass-broken''');
END
$$;

ALTER TABLE "access_request" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "access_request" FORCE ROW LEVEL SECURITY;
ALTER TABLE "request_confirmation" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "request_confirmation" FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON "access_request" USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)
  WITH CHECK (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY tenant ON "request_confirmation" USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)
  WITH CHECK (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);

GRANT SELECT, INSERT (tenant_id, id, kind, person_id, person_name, vm_id, vm_name, role, length_ms, reason, created_at, expires_at),
  UPDATE (outcome, ended_at, ended_by, ended_name, answer, given_role, given_until, review, reviewed_at, reviewed_by, reviewed_name)
  ON access_request TO porthole_portal;
GRANT SELECT, INSERT (tenant_id, request_id, person_id, person_name, asker_id, at) ON request_confirmation TO porthole_portal;
GRANT SELECT ON request_confirmation TO porthole_door;

GRANT CREATE ON SCHEMA public TO porthole_door;
SET ROLE porthole_door;

-- A hint for the pages of the organisation; and the rule that no code can forget: an emergency has two confirmations.
CREATE FUNCTION requests_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_tenant uuid;
BEGIN
  IF EXISTS (SELECT FROM new_rows n WHERE n.kind = 'break-glass' AND n.outcome = 'approved' AND 2 > (
      SELECT count(*) FROM public.request_confirmation c WHERE c.tenant_id = n.tenant_id AND c.request_id = n.id)) THEN
    RAISE EXCEPTION 'an emergency needs two confirmations' USING ERRCODE = '42501';
  END IF;
  FOR v_tenant IN SELECT DISTINCT n.tenant_id FROM new_rows n LOOP
    PERFORM pg_notify('requests', v_tenant::text);
  END LOOP;
  RETURN NULL;
END
$$;
GRANT EXECUTE ON FUNCTION requests_changed() TO porthole_owner;

CREATE FUNCTION request_confirmed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_tenant uuid;
BEGIN
  FOR v_tenant IN SELECT DISTINCT n.tenant_id FROM new_rows n LOOP
    PERFORM pg_notify('requests', v_tenant::text);
  END LOOP;
  RETURN NULL;
END
$$;
GRANT EXECUTE ON FUNCTION request_confirmed() TO porthole_owner;

RESET ROLE;
REVOKE CREATE ON SCHEMA public FROM porthole_door;

CREATE TRIGGER request_asked AFTER INSERT ON access_request REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION requests_changed();
CREATE TRIGGER request_answered AFTER UPDATE ON access_request REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION requests_changed();
CREATE TRIGGER request_confirmed AFTER INSERT ON request_confirmation REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION request_confirmed();

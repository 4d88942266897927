-- The audit log: append-only, one hash chain for each organisation and one for the platform (the nil uuid).
--
-- A link is text, so that anybody can recompute it with sha256sum:
--   payload_hash = sha256(payload)
--   hash         = sha256('porthole1|' tenant '|' seq '|' hex(prev_hash) '|' hex(payload_hash))
-- with the tenant in lower-case uuid form, seq in decimal, hex in lower case, UTF-8 throughout, and 32 zero bytes
-- before the first link. libs/audit recomputes the same.
--
-- All functions from here on belong to porthole_door (architecture §3): NOLOGIN, BYPASSRLS, rights by column. Their
-- names are written out in full because their search_path is empty but for the catalogue.

GRANT CREATE ON SCHEMA public TO porthole_door;
SET ROLE porthole_door;
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

-- Appends one event and gives its number. Takes the lock on the organisation's head until the end of the
-- transaction, so it comes last there. The same event again is answered with the number it has.
CREATE FUNCTION audit_write(p_tenant uuid, p_event uuid, p_payload text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_seq bigint;
  v_prev bytea;
  v_at timestamptz;
  v_text text;
  v_payload_hash bytea;
  v_hash bytea;
BEGIN
  IF octet_length(p_payload) > 16384 THEN
    RAISE EXCEPTION 'audit payload larger than 16 KiB' USING ERRCODE = '22023';
  END IF;
  IF p_payload IS NOT JSON OBJECT WITH UNIQUE KEYS OR left(p_payload, 2) <> '{"' THEN
    RAISE EXCEPTION 'audit payload is no compact JSON object with unique keys' USING ERRCODE = '22023';
  END IF;
  IF p_payload::jsonb ?| ARRAY['at', 'seq'] OR coalesce(p_payload::jsonb ->> 'action', '') !~ '^[a-z][a-z._-]{1,60}$'
     OR coalesce(p_payload::jsonb ->> 'outcome', '') NOT IN ('ok', 'refused', 'failed') THEN
    RAISE EXCEPTION 'audit payload without action and outcome, or with a time or number of its own' USING ERRCODE = '22023';
  END IF;

  SELECT h.seq, h.hash INTO v_seq, v_prev FROM public.audit_head h WHERE h.tenant_id = p_tenant FOR UPDATE;
  IF NOT FOUND THEN
    INSERT INTO public.audit_head (tenant_id, seq, hash) VALUES (p_tenant, 0, decode(repeat('00', 32), 'hex'))
      ON CONFLICT DO NOTHING;
    SELECT h.seq, h.hash INTO STRICT v_seq, v_prev FROM public.audit_head h WHERE h.tenant_id = p_tenant FOR UPDATE;
  END IF;
  PERFORM FROM public.audit_event e WHERE e.tenant_id = p_tenant AND e.event_id = p_event;
  IF FOUND THEN
    RETURN (SELECT e.seq FROM public.audit_event e WHERE e.tenant_id = p_tenant AND e.event_id = p_event);
  END IF;

  v_seq := v_seq + 1;
  v_at := clock_timestamp();
  v_text := format('{"at":"%s","seq":%s,', to_char(v_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), v_seq)
    || substr(p_payload, 2);
  v_payload_hash := sha256(convert_to(v_text, 'UTF8'));
  v_hash := sha256(convert_to(
    format('porthole1|%s|%s|%s|%s', p_tenant, v_seq, encode(v_prev, 'hex'), encode(v_payload_hash, 'hex')), 'UTF8'));
  INSERT INTO public.audit_event (tenant_id, seq, event_id, at, payload, payload_hash, prev_hash, hash)
    VALUES (p_tenant, v_seq, p_event, v_at, v_text, v_payload_hash, v_prev, v_hash);
  UPDATE public.audit_head h SET seq = v_seq, hash = v_hash WHERE h.tenant_id = p_tenant;
  PERFORM pg_notify('audit', p_tenant::text);
  RETURN v_seq;
END
$$;

-- Counts of refusals that were not written in full become one event with their number, once their minute is over.
CREATE FUNCTION audit_settle_refusals(p_key text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_row record;
BEGIN
  FOR v_row IN
    WITH over AS (
      DELETE FROM public.rate_counter c
      WHERE c.key LIKE 'refusal|%' AND (p_key IS NULL OR c.key = p_key)
        AND c.window_start < date_trunc('minute', clock_timestamp())
      RETURNING c.key, c.count)
    SELECT o.key, sum(o.count - 10) AS suppressed FROM over o WHERE o.count > 10 GROUP BY o.key ORDER BY o.key
  LOOP
    PERFORM public.audit_write(
      split_part(v_row.key, '|', 2)::uuid, gen_random_uuid(),
      json_build_object('action', split_part(v_row.key, '|', 3), 'outcome', 'refused',
        'actor', json_build_object('personId', NULL, 'name', '', 'kind', 'system'),
        'ip', nullif(split_part(v_row.key, '|', 4), ''),
        'data', json_build_object('suppressed', v_row.suppressed))::jsonb::text);
  END LOOP;
END
$$;

-- A refusal: ten a minute of one kind from one source in full, the rest as a count (architecture §4). Gives 0 where
-- the event was only counted.
CREATE FUNCTION audit_write_refusal(p_tenant uuid, p_event uuid, p_payload text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_key text := left(concat_ws('|', 'refusal', p_tenant, p_payload::jsonb ->> 'action',
    replace(coalesce(p_payload::jsonb ->> 'ip', ''), '|', ' ')), 200);
  v_count int;
BEGIN
  INSERT INTO public.rate_counter AS c (key, window_start, count)
    VALUES (v_key, date_trunc('minute', clock_timestamp()), 1)
    ON CONFLICT (key, window_start) DO UPDATE SET count = c.count + 1
    RETURNING c.count INTO v_count;
  IF v_count > 10 THEN
    RETURN 0;
  END IF;
  IF v_count = 1 THEN
    PERFORM public.audit_settle_refusals(v_key);
  END IF;
  RETURN public.audit_write(p_tenant, p_event, p_payload);
END
$$;

-- The public door to the log. What proves the work of another process cannot be written through here: console.open,
-- .close and .denied and tunnel.* come only from the functions that do those things, and each login role has its own
-- share of the rest. The portal writes in the organisation in context, or in the platform's chain.
CREATE FUNCTION audit_append(p_tenant uuid, p_event uuid, p_payload text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_action text := p_payload::jsonb ->> 'action';
  v_machinery constant text[] := ARRAY['credential.used', 'pool.state', 'pool.pin_mismatch', 'pool.location_rejected'];
BEGIN
  IF v_action IN ('console.open', 'console.close', 'console.denied') OR v_action LIKE 'tunnel.%' THEN
    RAISE EXCEPTION 'audit action % is written by its own function alone', v_action USING ERRCODE = '42501';
  END IF;
  IF session_user = 'porthole_portal' THEN
    IF p_tenant <> '00000000-0000-0000-0000-000000000000'
       AND p_tenant IS DISTINCT FROM nullif(current_setting('app.tenant_id', true), '')::uuid THEN
      RAISE EXCEPTION 'audit chain of another organisation' USING ERRCODE = '42501';
    END IF;
    IF v_action = ANY (v_machinery) THEN
      RAISE EXCEPTION 'audit action % is not the portal''s', v_action USING ERRCODE = '42501';
    END IF;
  ELSIF session_user IN ('porthole_relay', 'porthole_worker') THEN
    IF NOT (v_action = ANY (v_machinery) OR v_action = 'pool.probe') THEN
      RAISE EXCEPTION 'audit action % is not of relay or worker', v_action USING ERRCODE = '42501';
    END IF;
  END IF;
  IF p_payload::jsonb ->> 'outcome' = 'refused' THEN
    RETURN public.audit_write_refusal(p_tenant, p_event, p_payload);
  END IF;
  RETURN public.audit_write(p_tenant, p_event, p_payload);
END
$$;
GRANT EXECUTE ON FUNCTION audit_append(uuid, uuid, text) TO porthole_portal, porthole_relay, porthole_worker;

-- Refuses every way to write here but the door's own insert; of the head also its update. The grants say the same:
-- this holds even against who owns the tables, and against grants given by mistake.
CREATE FUNCTION audit_refuse_change() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF current_user = 'porthole_door' AND (TG_OP = 'INSERT' OR (TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'audit_head')) THEN
    RETURN NULL;
  END IF;
  RAISE EXCEPTION 'the audit log is append-only: % on % refused', TG_OP, TG_TABLE_NAME USING ERRCODE = '42501';
END
$$;
GRANT EXECUTE ON FUNCTION audit_refuse_change() TO porthole_owner;

RESET ROLE;
REVOKE CREATE ON SCHEMA public FROM porthole_door;

CREATE TRIGGER append_only BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON audit_event
  FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();
CREATE TRIGGER append_only BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON audit_head
  FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();
-- Also where replication or a restore switches ordinary triggers off.
ALTER TABLE audit_event ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE audit_head ENABLE ALWAYS TRIGGER append_only;

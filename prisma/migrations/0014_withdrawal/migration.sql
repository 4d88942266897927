-- Why a live console ends, so that the person at it and the log read the true reason; and an end that a person asks for.

-- Somebody who shares the machine, or runs the organisation, asks the relay to end a seat. A row and no message: the
-- relay reads it with its next look at its seats, NOTIFY or not (architecture §3).
ALTER TABLE "console_seat"
  ADD COLUMN "close_asked_at" TIMESTAMPTZ(3),
  ADD COLUMN "close_asked_by" UUID,
  ADD COLUMN "close_asked_name" TEXT,
  ADD COLUMN "close_asked_reason" TEXT,
  ADD CONSTRAINT "console_seat_close_asked" CHECK (
    num_nulls(close_asked_at, close_asked_by, close_asked_name, close_asked_reason) IN (0, 4)
    AND (close_asked_reason IS NULL OR char_length(close_asked_reason) <= 200));
-- Who asks is the portal's to judge, and the row's policy keeps it within one organisation.
GRANT UPDATE (close_asked_at, close_asked_by, close_asked_name, close_asked_reason) ON console_seat TO porthole_portal;

-- Ended grants of a team, whose index in 0001 holds the living ones alone.
CREATE INDEX "access_grant_tenant_id_team_id_idx" ON "access_grant"("tenant_id", "team_id");

DROP FUNCTION seat_standing(text);
DROP FUNCTION seat_facts(uuid);

GRANT CREATE ON SCHEMA public TO porthole_door;
SET ROLE porthole_door;

-- As in 0005; and whether somebody asked for the end of the seat.
CREATE FUNCTION seat_standing(p_relay text)
RETURNS TABLE (seat_id uuid, tenant_id uuid, tenant_epoch bigint, person_id uuid, person_epoch bigint,
  session_alive boolean, close_asked boolean)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT s.id, s.tenant_id, t.authority_epoch, s.person_id, p.authority_epoch, l.id IS NOT NULL,
    s.close_asked_at IS NOT NULL
  FROM public.console_seat s
  JOIN public.tenant t ON t.id = s.tenant_id
  JOIN public.person p ON p.id = s.person_id
  LEFT JOIN public.login_session l ON l.id = s.login_session_id AND l.person_id = s.person_id
    AND l.expires_at > clock_timestamp() AND l.last_input_at > clock_timestamp() - interval '60 minutes'
  WHERE s.relay_id = p_relay AND s.closed_at IS NULL
$$;
GRANT EXECUTE ON FUNCTION seat_standing(text) TO porthole_relay;

-- What stands around the facts of a live seat: the machine unless it is gone or another's; whether the login ran out (where
-- it was ended, its row is gone); and the grant over the machine that ended last while the seat was there: by whom, when,
-- and whether its own date did it. Of a team that the person has left nobody knows it any more, and it is not said.
-- One statement, so that its parts are of one moment, which is after that of the facts before it.
CREATE FUNCTION seat_around_of(p_seat public.console_seat) RETURNS jsonb
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT jsonb_build_object(
    'vm', (
      SELECT jsonb_build_object('id', v.id, 'tenantId', v.tenant_id, 'poolId', v.pool_id, 'tags', v.tags,
        'isControlDomain', v.is_control_domain)
      FROM public.vm v JOIN public.pool p ON p.tenant_id = v.pool_tenant_id AND p.id = v.pool_id
      WHERE v.tenant_id = p_seat.tenant_id AND v.id = p_seat.vm_id AND v.gone_at IS NULL AND p.removed_at IS NULL),
    'loginRanOut', EXISTS (
      SELECT FROM public.login_session l WHERE l.id = p_seat.login_session_id AND l.person_id = p_seat.person_id
        AND (l.expires_at <= clock_timestamp() OR l.last_input_at <= clock_timestamp() - interval '60 minutes')),
    'grantEnded', (
      SELECT jsonb_build_object('at', e.at, 'by', who.name, 'planned', e.ended_at IS NULL)
      FROM (
        SELECT least(g.ended_at, CASE WHEN g.ends_at <= clock_timestamp() THEN g.ends_at END) AS at,
          CASE WHEN g.ended_at <= coalesce(g.ends_at, 'infinity') THEN g.ended_at END AS ended_at, g.ended_by
        FROM (
          SELECT own.* FROM public.access_grant own
          WHERE own.tenant_id = p_seat.tenant_id AND own.person_id = p_seat.person_id
          UNION ALL
          SELECT ours.* FROM public.access_grant ours
          JOIN public.team_member m ON m.tenant_id = ours.tenant_id AND m.team_id = ours.team_id
          WHERE ours.tenant_id = p_seat.tenant_id AND m.person_id = p_seat.person_id
        ) g
        JOIN public.vm v ON v.tenant_id = p_seat.tenant_id AND v.id = p_seat.vm_id
        WHERE g.vm_id = v.id OR g.all_vms OR g.tag = ANY (v.tags)
      ) e
      LEFT JOIN public.person who ON who.id = e.ended_by AND e.ended_at IS NOT NULL
      WHERE e.at >= p_seat.opened_at
      ORDER BY e.at DESC LIMIT 1))
$$;

-- What is true now of live seats: the facts for can(), what stands around them, and whether somebody asked for the end.
-- Seats that have ended are missing. One statement for many, since one change can concern every seat of an organisation
-- and each has to be judged within the second.
CREATE FUNCTION seats_facts(p_seats uuid[]) RETURNS TABLE (seat_id uuid, answer jsonb)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT s.id, jsonb_build_object('facts', public.authority_facts_of(s.tenant_id, s.person_id, s.login_session_id))
    || public.seat_around_of(s)
    || jsonb_build_object('closeAsked', CASE WHEN s.close_asked_at IS NOT NULL THEN jsonb_build_object(
      'at', s.close_asked_at, 'by', s.close_asked_name, 'reason', s.close_asked_reason) END)
  FROM public.console_seat s
  WHERE s.id = ANY (p_seats) AND s.closed_at IS NULL
$$;
GRANT EXECUTE ON FUNCTION seats_facts(uuid[]) TO porthole_relay;

RESET ROLE;
REVOKE CREATE ON SCHEMA public FROM porthole_door;

-- Which private ranges worker and relay may dial for an organisation is the operator's word alone (security.md §4.4).
-- The portal could write it, so whoever took the portal could have had a look around the operator's own networks. No
-- page writes it; until one does, by a function of its own with its event, it is set as porthole_owner (SECURITY.md).
REVOKE INSERT, UPDATE (allowed_cidrs) ON tenant_policy FROM porthole_portal;
GRANT INSERT (tenant_id, idle_timeout_ms, maximum_time_ms) ON tenant_policy TO porthole_portal;

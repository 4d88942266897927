'use client';

import { useQueryClient } from '@tanstack/react-query';
import { useSubscription } from '@trpc/tanstack-react-query';
import { useEffect, useRef, useState } from 'react';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { useMachineChanges } from '../machines/use-machine-changes.ts';

/** Shortest time between two refetches, in milliseconds: the first goes at once, hints meanwhile cost one more. */
const PACE_MS = 400;

type ChangeKind = 'machines' | 'audit' | 'pools' | 'power' | 'checks' | 'requests' | 'authority';

/**
 * Asks again for what a hint says has changed. One tab per organisation holds the event stream and tells the others
 * (Web Locks, BroadcastChannel): on HTTP/1.1 six streams would freeze every further request (architecture §7).
 */
export function useLiveChanges(org: string, listens = true): void {
  const trpc = useTRPC();
  const client = useQueryClient();
  const readMachines = useMachineChanges(org);
  const leader = useLeadership(`porthole-live-${org}`);
  const pending = useRef(new Set<ChangeKind>());
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const channel = useRef<BroadcastChannel | null>(null);

  const refetchedAt = useRef(Number.NEGATIVE_INFINITY);

  const refetch = (kind: ChangeKind) => {
    pending.current.add(kind);
    const wait = Math.max(0, refetchedAt.current + PACE_MS - performance.now());
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      refetchedAt.current = performance.now();
      const kinds = new Set(pending.current);
      pending.current.clear();
      if (kinds.has('authority')) void client.invalidateQueries();
      else if (kinds.has('machines')) void readMachines();
      if (kinds.has('machines')) void client.invalidateQueries(trpc.live.seats.pathFilter());
      if (kinds.has('machines')) void client.invalidateQueries(trpc.guests.pathFilter());
      if (kinds.has('audit')) void client.invalidateQueries(trpc.log.list.pathFilter());
      if (kinds.has('pools')) void client.invalidateQueries(trpc.pools.list.pathFilter());
      if (kinds.has('power')) void client.invalidateQueries(trpc.power.operations.pathFilter());
      if (kinds.has('pools')) void client.invalidateQueries(trpc.pools.get.pathFilter());
      // Rules, hands and moves are told to the pool's owner as its pools are.
      if (kinds.has('pools')) void client.invalidateQueries(trpc.allotment.pathFilter());
      if (kinds.has('requests')) void client.invalidateQueries(trpc.requests.pathFilter());
      if (kinds.has('requests')) void client.invalidateQueries(trpc.support.pathFilter());
      if (kinds.has('checks')) void client.invalidateQueries(trpc.checks.pathFilter());
      if (kinds.has('checks')) void client.invalidateQueries(trpc.pools.list.pathFilter());
    }, wait);
  };

  const latest = useRef(refetch);
  latest.current = refetch;
  useEffect(() => {
    const opened = new BroadcastChannel(`porthole-live-${org}`);
    channel.current = opened;
    opened.onmessage = (event: MessageEvent<ChangeKind>) => latest.current(event.data);
    return () => {
      opened.close();
      channel.current = null;
      clearTimeout(timer.current);
      timer.current = undefined;
    };
  }, [org]);

  useSubscription(
    trpc.live.changes.subscriptionOptions(
      { org },
      {
        enabled: leader && listens,
        onData: ({ data }) => {
          refetch(data.kind);
          channel.current?.postMessage(data.kind);
        },
      },
    ),
  );
}

/** True in exactly one tab of the browser for each name. */
function useLeadership(name: string): boolean {
  const [leads, setLeads] = useState(false);
  useEffect(() => {
    const ended = new AbortController();
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    navigator.locks
      .request(name, { signal: ended.signal }, () => {
        setLeads(true);
        return held;
      })
      .catch((reason: unknown) => {
        if (!ended.signal.aborted) throw reason;
      });
    return () => {
      setLeads(false);
      release();
      ended.abort();
    };
  }, [name]);
  return leads;
}

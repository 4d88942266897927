import { redirect } from 'next/navigation';

/** An event has an address of its own; it opens as a sheet over the log. */
export default async function Page({ params }: { params: Promise<{ org: string; seq: string }> }) {
  const { org, seq } = await params;
  redirect(`/o/${org}/log?event=${encodeURIComponent(seq)}`);
}

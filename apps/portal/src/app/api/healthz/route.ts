export const dynamic = 'force-dynamic';

/** The process answers. Says nothing else to whoever asks. */
export function GET(): Response {
  return new Response(null, { status: 204 });
}

// Loaded into every app that the launcher starts (node --import). The channel to the launcher closes when the launcher
// ends, however it ended: the app must not outlive it.
// An app's own children inherit this line and have channels of their own: those are not ours to touch.
if (process.channel !== undefined && process.env.PORTHOLE_LAUNCHER === String(process.ppid)) {
  process.on('disconnect', () => {
    process.kill(process.pid, 'SIGTERM');
    setTimeout(() => process.exit(1), 3_000).unref();
  });
  // Listening holds the channel open, and an open channel would keep a finished app alive.
  process.channel.unref();
}

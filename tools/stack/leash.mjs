// Loaded into every app that the launcher starts (node --import). The channel to the launcher closes when the launcher
// ends, however it ended: the app must not outlive it.
if (process.channel !== undefined) {
  process.on('disconnect', () => {
    process.kill(process.pid, 'SIGTERM');
    setTimeout(() => process.exit(1), 3_000).unref();
  });
  // Listening holds the channel open, and an open channel would keep a finished app alive.
  process.channel.unref();
}

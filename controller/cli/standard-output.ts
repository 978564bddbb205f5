/** Aborted when nobody reads standard output any more: `edgectl … | head`. */
export function unread(): AbortSignal {
  const stop = new AbortController()
  // oclif overlooks EPIPE and throws all else; overlooked, what goes on for ever would go on unread
  process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
    if (code === 'EPIPE') stop.abort()
  })
  return stop.signal
}

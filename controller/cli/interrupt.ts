/** Does something that Ctrl-C ends, by the signal it is given; one listener, however much is done. */
export async function interruptible<T>(act: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stop = new AbortController()
  const onSignal = () => stop.abort()
  process.once('SIGINT', onSignal)
  try {
    return await act(stop.signal)
  } finally {
    process.off('SIGINT', onSignal)
  }
}

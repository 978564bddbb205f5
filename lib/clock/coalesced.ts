/** Calls during a run share the one that follows it, so what they see began after they asked. */
export function coalesced<T>(work: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined
  let following: Promise<T> | undefined
  const run = (): Promise<T> => {
    following = undefined
    running = work().finally(() => {
      running = undefined
    })
    return running
  }
  return () => {
    if (following) return following
    if (!running) return run()
    following = running.then(run, run)
    return following
  }
}

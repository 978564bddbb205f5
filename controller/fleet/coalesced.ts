/** Calls during a run share the one that follows it, so what they see began after they asked. */
export function coalesced(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined
  let following: Promise<void> | undefined
  const run = (): Promise<void> => {
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

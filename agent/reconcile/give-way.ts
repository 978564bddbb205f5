/** Null as soon as `signal` aborts; what goes on then is nobody's any more. */
export async function unlessAborted<T>(work: Promise<T>, signal?: AbortSignal): Promise<T | null> {
  if (signal === undefined) return work
  const aborted = Promise.withResolvers<null>()
  const end = () => aborted.resolve(null)
  signal.addEventListener('abort', end, { once: true })
  if (signal.aborted) end()
  try {
    const result = await Promise.race([work, aborted.promise])
    return signal.aborted ? null : result
  } catch (error) {
    if (signal.aborted) return null
    throw error
  } finally {
    work.catch(() => undefined)
    signal.removeEventListener('abort', end)
  }
}

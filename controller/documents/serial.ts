export type Serial = <T>(key: number, work: () => Promise<T>) => Promise<T>

/** Runs works of one key one after the other, in the order asked; other keys do not wait. */
export function createSerial(): Serial {
  const tails = new Map<number, Promise<unknown>>()
  return (key, work) => {
    const turn = (tails.get(key) ?? Promise.resolve()).then(work)
    const tail = turn.catch(() => undefined)
    tails.set(key, tail)
    tail.then(() => {
      if (tails.get(key) === tail) tails.delete(key)
    })
    return turn
  }
}

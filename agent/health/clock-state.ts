import { access } from 'node:fs/promises'

const directory = '/run/systemd/timesync'

/** Whether systemd-timesyncd says the clock is right; null where it does not run. */
export async function isClockSynchronised(): Promise<boolean | null> {
  const [runs, synchronised] = await Promise.all([
    exists(directory),
    exists(`${directory}/synchronized`),
  ])
  return runs ? synchronised : null
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )

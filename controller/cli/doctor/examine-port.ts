import { isLoopback, judgePort, type Meeting, type Verdict } from '../../doctor/index.ts'
import { createClient } from '../client.ts'
import { meet } from './examine-controller.ts'
import type { Site } from './site.ts'

/** Of all addresses of a machine, the one that it can ask itself. */
const everywhere: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' }

/** Who holds the place where this machine's controller is to listen; `met` is who edgectl met at `url`. */
export async function examinePort(site: Site, url: URL, met: Promise<Meeting>): Promise<Verdict> {
  const { port } = site
  const host = everywhere[site.host] ?? site.host
  const place = new URL(`http://${host.includes(':') ? `[${host}]` : host}:${port}`)
  const same = isLoopback(url) && isLoopback(place) && Number(url.port || 80) === port
  // A login is shown only where it was meant for.
  const meeting = same
    ? await met
    : await meet(createClient({ url: place, session: '', version: 'v1' }))
  return judgePort({ host, port }, meeting)
}

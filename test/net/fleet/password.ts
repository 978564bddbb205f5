import type { Test } from 'tap'
import type { Guests } from './cast.ts'
import type { Fleet } from './fleet.ts'
import { until } from './machine.ts'
import { client, from, watch } from './watch.ts'

/** A host that was told another BGP password has no sessions, says so, and harms nobody. */
export async function wrongPassword(t: Test, fleet: Fleet, guests: Guests): Promise<void> {
  const h5 = fleet.host(5)
  const spec = fleet.specs.spec(h5.server)
  if (spec === undefined) throw new Error('host 5 has no specification')
  // It has just booted, and looks again after a silent path within 15 s.
  await until('it to be healthy', async () => (await h5.status()).report.verdict === 'healthy')
  const watched = await watch(
    (line) => t.comment(line),
    [from(guests[1].machine, '172.30.0.12'), from(guests[1].machine, client)],
  )
  const bgp = { ...spec.bgp, password: 'not-the-one-of-the-others' }
  const generation = spec.generation + 1_000_000
  const passages = await watched.during('another BGP password', async () => {
    fleet.hub.setSpec(h5.server, { ...spec, bgp, generation })
    await fleet.hub.waitApplied(h5.server, spec.epoch, generation, { withinMs: 240_000 })
    await until('its sessions to be down', async () => {
      const { report } = await h5.status()
      return report.sessions.every(({ state }) => state !== 'Established') && report
    })
  })
  watched.stop()
  const { report } = await h5.status()
  t.equal(report.verdict, 'degraded')
  for (const { vtep } of [fleet.host(1), fleet.host(2)])
    t.ok(
      report.reasons.some((reason) => reason.includes(vtep)),
      `the session to ${vtep} is a reason`,
    )
  t.notMatch(JSON.stringify(report), /not-the-one/)
  for (const [title, { lost }] of passages) t.equal(lost, 0, `${title} loses nothing`)
}

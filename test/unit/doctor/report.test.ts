import t from 'tap'
import { broken, ok, unknown } from '../../../agent/doctor/hop.ts'
import { agentSeen, type Life } from '../../../agent/doctor/life.ts'
import { exitCodeOf, reportOf, reportText } from '../../../agent/doctor/report.ts'

const agent = { hop: 'agent', ...ok('the agent keeps generation 7') }
const tap = { hop: 'tap', ...ok('one-1-0 is on onebr5') }
const cloud = { hop: 'cloud', ...unknown('it cannot be seen from here', 'Look there.') }
const vxlan = { hop: 'vxlan', ...broken('scwpn.105 is down', '`ip link set scwpn.105 up`') }
const bgp = { hop: 'BGP', ...broken('no session', 'Wait.') }

t.test('the first broken hop is the diagnosis, and the later ones stand there too', async (t) => {
  const report = reportOf(agent, [
    { title: 'VM 1', seen: [tap, cloud] },
    { title: 'Its address', seen: [vxlan, bgp] },
  ])
  t.equal(
    reportText(report, false),
    `ok      agent  the agent keeps generation 7

VM 1
ok      tap    one-1-0 is on onebr5
?       cloud  it cannot be seen from here
               → Look there.

Its address
BROKEN  vxlan  scwpn.105 is down
               → \`ip link set scwpn.105 up\`
BROKEN  BGP    no session
               → Wait.

First broken hop: vxlan: scwpn.105 is down.
Fix: \`ip link set scwpn.105 up\``,
  )
  t.match(report.first, { hop: 'vxlan', walk: 'Its address' })
  t.equal(exitCodeOf(report), 1)
})

t.test('what cannot be seen is not broken', async (t) => {
  const report = reportOf(agent, [{ title: 'VM 1', seen: [tap, cloud] }])
  t.match(reportText(report, false), /\n\nNo hop is broken, as far as can be seen from here\.$/)
  t.equal(exitCodeOf(report), 0)
})

t.test('colour is where it is wanted', async (t) => {
  const report = reportOf(agent, [{ title: 'VM 1', seen: [vxlan] }])
  t.match(reportText(report, true), '\u001b[31mBROKEN\u001b[39m  vxlan')
  t.notMatch(reportText(report, false), '\u001b')
})

t.test('a dead agent is told first, and is no hop', async (t) => {
  const kept = { epoch: 3, generation: 7, at: Date.UTC(2026, 10, 27, 3) }
  const unit = {
    state: 'failed (failed)',
    since: 'Fri 2026-11-27 03:12:00 UTC',
    result: 'oom-kill',
  }
  const life: Life = { running: null, unit, kept }
  const dead = agentSeen(life)
  t.match(dead, { verdict: 'broken', fix: /systemctl start edge-agent/ })
  t.match(
    dead.says,
    /failed .* since Fri 2026-11-27 03:12:00 UTC.*generation 7 at 2026-11-27T03:00:00Z/,
  )
  const alone = reportOf(dead, [{ title: 'VM 1', seen: [tap] }])
  t.equal(exitCodeOf(alone), 1)
  t.match(reportText(alone, false), /No hop is broken; but the agent is dead/)
  const both = reportText(reportOf(dead, [{ title: 'VM 1', seen: [vxlan] }]), false)
  t.match(both, /First broken hop: vxlan.*\nFix: .*\nThe agent is dead as well/)

  const running = { epoch: 3, generation: 7, connected: true, verdict: 'healthy', reasons: [] }
  t.match(agentSeen({ ...life, running }), { verdict: /^ok$/, says: /generation 7 .* healthy$/ })
  const ahead = { ...running, generation: 8, connected: false }
  t.match(agentSeen({ ...life, running: ahead }), {
    verdict: 'unknown',
    fix: /on trial.*disk full/,
  })
  const other = { ...running, epoch: 4 }
  t.match(agentSeen({ ...life, running: other }), { verdict: 'unknown' }, 'of another epoch')
  const hung = { ...unit, state: 'active (running)' }
  t.match(agentSeen({ ...life, unit: hung }), {
    says: /^the agent does not answer; its unit is active/,
    fix: /systemctl restart edge-agent/,
  })
})

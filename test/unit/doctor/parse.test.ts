import t from 'tap'
import {
  parseBfd,
  parseFloods,
  parseInterface,
  parseMacRoute,
  parseRemote,
  parseSessions,
  parseVnis,
} from '../../../agent/doctor/parse-routing.ts'

// What FRR 8.4.4 printed, cut down to what is read and a little around it.

t.test('the VNI of a type-3 route stands in its label, whatever its route targets', async (t) => {
  const text = `Route Distinguisher: 10.180.0.11:2
BGP routing table entry for 10.180.0.11:2:[3]:[0]:[32]:[10.180.0.11]
Paths: (1 available, best #1)
  Route [3]:[0]:[32]:[10.180.0.11] VNI 105
      Extended Community: ET:8 RT:65000:105
      PMSI Tunnel Type: Ingress Replication, label: 105
BGP routing table entry for 10.180.0.12:3:[3]:[0]:[32]:[10.180.0.12]
Paths: (1 available, best #1)
  Route [3]:[0]:[32]:[10.180.0.12]
  Local
    10.180.0.12 from 10.180.0.12 (10.180.0.12)
      PMSI Tunnel Type: Ingress Replication, label: 106

Displayed 2 prefixes (2 paths) (of requested type)`
  t.same(parseFloods(text), [
    { vni: 105, vtep: '10.180.0.11' },
    { vni: 106, vtep: '10.180.0.12' },
  ])
  t.same(parseFloods('No EVPN prefixes (of requested type) exist'), [])
})

t.test('a type-2 route is our own, or names the host it came from', async (t) => {
  const asked = { vni: 105, mac: '02:00:ac:1e:00:11', address: null }
  const path = (more: object, ip: string) => ({
    paths: [[{ vni: '105', nexthops: [{ ip, used: true }], ...more }]],
    numPaths: 1,
  })
  const own = { local: true, peer: { peerId: '0.0.0.0', routerId: '10.180.0.11' } }
  const theirs = { peer: { peerId: '10.180.0.12', type: 'internal' } }
  const read = (value: object) => parseMacRoute(JSON.stringify(value), asked)
  t.same(read(path(own, '10.180.0.11')), [{ ...asked, vtep: '10.180.0.11', own: true }])
  t.same(read(path(theirs, '10.180.0.12')), [{ ...asked, vtep: '10.180.0.12', own: false }])
  t.same(read({}), [])
  t.same(parseMacRoute('', asked), [])
})

t.test('sessions say why they went down, and a hand that shut them', async (t) => {
  const peer = { bgpState: 'Active', lastResetDueTo: 'Hold Timer Expired' }
  const sessions = parseSessions(
    JSON.stringify({
      '10.180.0.12': peer,
      '10.180.0.13': { bgpState: 'Idle', adminShutDown: true },
      '10.180.0.14': {
        ...{ bgpState: 'Idle', lastResetDueTo: 'BGP Notification received' },
        lastNotificationReason: 'Cease/Administrative Shutdown',
      },
      bestPath: { multiPathRelax: 'false' },
    }),
  )
  t.same(
    sessions.map(({ state, reason }) => `${state}: ${reason}`),
    [
      'Active: Hold Timer Expired',
      'Idle (Admin): null',
      'Idle: BGP Notification received, Cease/Administrative Shutdown',
    ],
  )
})

t.test('addresses, BFD peers, VNIs and remote VMs are read', async (t) => {
  t.same(parseInterface('Interface scwpn is up\n  inet 10.180.0.11/22\n  inet6 fe80::1/64\n'), [
    '10.180.0.11/22',
  ])
  t.same(parseBfd('[{"peer":"10.180.0.12","status":"up","diagnostic":"ok","id":7}]'), [
    { peer: '10.180.0.12', status: 'up', diagnostic: 'ok' },
  ])
  t.same(parseVnis('{"105":{"vni":105,"type":"L2","vxlanIf":"scwpn.105"}}'), [
    { vni: 105, device: 'scwpn.105' },
  ])
  const remote = { type: 'remote', mac: '02:00:ac:1e:00:12', remoteVtep: '10.180.0.12' }
  t.same(parseRemote(JSON.stringify(remote)), { mac: remote.mac, vtep: remote.remoteVtep })
  t.equal(parseRemote(JSON.stringify({ ...remote, type: 'local' })), null)
  for (const parse of [parseInterface, parseBfd, parseVnis, parseSessions]) t.same(parse(''), [])
  t.equal(parseRemote(''), null)
})

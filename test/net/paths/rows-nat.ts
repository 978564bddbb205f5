import { tcp } from './attempts.ts'
import type { Party } from './site.ts'
import type { Row } from './table.ts'
import { elasticOf, vms } from './vms.ts'

const [web, api, far] = [
  elasticOf('web').external,
  elasticOf('api').external,
  elasticOf('far').external,
]
const [inside, outside] = [vms.web.secured.address, '203.0.113.10']
const byGateway = '51.15.0.99'

/** router-namespaces.md §2: whom the other side sees. */
export const natRows: readonly Row[] = [
  seen('internet', 'from the internet to an elastic address', web, outside, 'the client is itself'),
  seen(
    'api',
    'from a VM with an elastic address to the internet',
    outside,
    api,
    'it is its elastic address',
  ),
  seen('api', 'from a VM to its own elastic address', api, api, 'it is its elastic address'),
  seen(
    'api',
    'from a VM to an elastic address on the same host',
    web,
    api,
    'it is its elastic address',
  ),
  seen(
    'far',
    'from a VM to an elastic address on another host',
    web,
    far,
    'it is its elastic address',
  ),
  seen(
    'api',
    "from a VM to another one's private address",
    inside,
    vms.api.secured.address,
    'nothing is translated',
  ),
  seen(
    'h1',
    'from a host to an elastic address of its own',
    web,
    '51.15.0.11',
    'the host is its public address',
  ),
  seen(
    'h1',
    'from a host to an elastic address of another host',
    far,
    '51.15.0.11',
    'the host is its public address',
  ),
  seen(
    'far',
    "from a VM to another host's public address",
    '51.15.0.11',
    far,
    'it is its elastic address',
  ),
  seen(
    'red2',
    'from a private VM to the internet',
    outside,
    byGateway,
    'it leaves by the public gateway',
  ),
  seen(
    'red3',
    'from a private VM of another host to the internet',
    outside,
    byGateway,
    'it leaves by the public gateway',
  ),
  seen(
    'green',
    'from a private VM that leaves by its host to the internet',
    outside,
    '51.15.0.11',
    'it is its host',
  ),
  seen(
    'red2',
    'from a private VM to an elastic address on the same host',
    web,
    byGateway,
    'it leaves by the public gateway',
  ),
  seen(
    'red2',
    'from a private VM to an elastic address on another host',
    far,
    byGateway,
    'it leaves by the public gateway',
  ),
  seen(
    'green',
    'from a private VM that leaves by its host to an elastic address there',
    web,
    '100.96.0.15',
    "it is its router's link",
  ),
  seen(
    'green',
    'from a private VM that leaves by its host to one on another host',
    far,
    '51.15.0.11',
    'it is its host',
  ),
  seen(
    'red1',
    'between private VMs of two hosts',
    vms.red3.secured.address,
    vms.red1.secured.address,
    'the tunnel changes nothing',
  ),
]

function seen(from: Party, path: string, to: string, as: string, why: string): Row {
  const expected = `source ${as}`
  return { probe: 'tcp 80', path, expected, why, run: tcp(from, to, 80) }
}

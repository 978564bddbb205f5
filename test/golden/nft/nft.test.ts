import { execa } from 'execa'
import t from 'tap'
import { emptyStack, type Observed } from '../../../agent/host/index.ts'
import { type NftTable, renderTables } from '../../../agent/nat/index.ts'
import { wantedOf } from '../../../agent/plan/index.ts'
import { HostSpec, parseAs } from '../../../lib/contract/index.ts'
import { caseNames, golden, readCase, readText } from '../plan/folders.ts'

const directory = import.meta.dirname
const wrong = 'wrong'
const isRoot = process.getuid?.() === 0
const skip = isRoot ? false : 'nft --check needs a network namespace, which needs root'

for (const name of caseNames(directory).filter((name) => name !== wrong)) {
  t.test(`nft: ${name.replaceAll('-', ' ')}`, async (t) => {
    const spec = parseAs(HostSpec, readCase(directory, name, 'spec.json'), `spec of ${name}`)
    const stacks = stacksOf(spec)
    const text = stacks.map(([stack, tables]) => `# ${stack}\n${renderTables(tables)}`).join('\n')
    t.equal(text, golden(directory, name, 'want.nft', text))
    t.test('the real nft takes it', { skip }, async (t) => {
      for (const [, tables] of stacks)
        t.equal(await nftSays(renderTables(tables), bridgesOf(spec)), '')
    })
  })
}

t.test('the prover refuses a ruleset that is wrong', { skip }, async (t) => {
  t.match(await nftSays(readText(directory, wrong, 'want.nft'), []), /Error/)
})

/** Every ruleset of a host, all ports of the spec plugged in. */
function stacksOf(spec: HostSpec): [string, readonly NftTable[]][] {
  const wanted = wantedOf(spec, pluggedIn(spec))
  return [
    ['host', wanted.tables],
    ...wanted.routers.map(({ namespace, inside }): [string, readonly NftTable[]] => [
      namespace,
      inside.tables,
    ]),
  ]
}

function pluggedIn(spec: HostSpec): Observed {
  const bridges = new Map(
    [...spec.networks, ...spec.publicNetworks].map(({ id, bridge }) => [id, bridge]),
  )
  const link = {
    kind: 'tun',
    up: true,
    mtu: 1450,
    mac: '',
    group: 'default',
    alias: '',
    bridge: null,
    vxlan: null,
    vlan: null,
    port: null,
  }
  const route = {
    table: 'main',
    type: 'unicast',
    destination: 'default',
    via: '51.15.0.1',
    device: 'eth0',
    source: null,
    metric: 0,
    protocol: 'dhcp',
  } as const
  return {
    host: {
      ...emptyStack,
      routes: [route],
      links: spec.ports.map(({ port, network }) => ({
        ...link,
        name: port,
        master: bridges.get(network) ?? null,
      })),
    },
    namespaces: [],
    broken: [],
    inside: {},
    controllers: ['192.0.2.9', '2001:db8::9'],
  }
}

function bridgesOf({ networks, publicNetworks }: HostSpec): string[] {
  return [...networks, ...publicNetworks].map(({ bridge }) => bridge)
}

/** What `nft --check` complains of, in a namespace of its own that has the bridges. */
async function nftSays(ruleset: string, bridges: readonly string[]): Promise<string> {
  const program = 'for name; do ip link add "$name" type bridge; done; cat | nft --check -f -'
  const { stderr } = await execa('unshare', ['-n', 'bash', '-c', program, 'check', ...bridges], {
    input: ruleset,
    reject: false,
  })
  return stderr
}

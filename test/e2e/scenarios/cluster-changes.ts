// Hosts come and go under virtual machines, and real packets tell what these notice of it.
import { readCluster } from '../../lab/demo/cluster.ts'
import { leftoverChecks } from '../../lab/demo/ends.ts'
import { ping, pingDuring } from '../../lab/demo/ping.ts'
import { claim } from '../../lab/demo/proof.ts'
import type { Lab } from '../../lab/whole/lab.ts'
import { createProvider, createProvision } from '../../lab/whole/provisioning.ts'
import { tell } from './story.ts'

await tell(async ({ lab, say, check }) => {
  const provider = await createProvider(lab)
  const provision = await createProvision(lab, { provider, hosts: 2, publicIps: 1 })
  const edgectl = async (...words: string[]) => {
    const args = ['provision', words[0] ?? '', `${provision}`, ...words.slice(1)]
    const { code, stderr } = await lab.edgectl(args, { onProgress: (line) => say(`  ${line}`) })
    if (code !== 0) throw new Error(`edgectl ${args.join(' ')}: ${stderr}`)
  }
  const cluster = () => readCluster(lab, provision)
  const { hosts, privateNetwork, publicNetwork } = await cluster()
  const [first, second] = hosts
  if (!first || !second) throw new Error('There are fewer than two hosts')
  const web = await start(lab, 'web', first.id, [publicNetwork, privateNetwork])
  const db = await start(lab, 'db', second.id, [privateNetwork])

  say('edgectl provision add-host')
  await edgectl('add-host')
  const third = (await cluster()).hosts.find(({ id }) => ![first.id, second.id].includes(id))
  if (!third) throw new Error('No host has come')
  const late = await start(lab, 'late', third.id, [privateNetwork])
  const addressOf = (vm: number) => lab.openNebula.state.vms.get(vm).nics.at(-1)?.['IP'] ?? ''
  const elastic = lab.openNebula.state.vms.get(web).nics[0]?.['EXTERNAL_IP'] ?? ''
  await check([
    {
      name: 'a VM on the new host reaches those on the others',
      run: async () => {
        const answers = [
          await ping(lab, late, addressOf(web)),
          await ping(lab, late, addressOf(db)),
        ]
        const seen = answers.map(({ sent, received }) => `${received} of ${sent}`).join(', ')
        return claim(
          answers.every(({ sent, received }) => sent === received),
          `${seen} pings`,
        )
      },
    },
  ])

  say('edgectl provision del-host --migrate, of the reflector and replica host')
  await check([
    {
      name: 'the others lose no packet while a route reflector goes for good',
      run: async () => {
        const { sent, received } = await pingDuring(lab, late, addressOf(db), 20, () =>
          edgectl('del-host', '--ids', `${first.id}`, '--migrate'),
        )
        return claim(received === sent, `${received} of ${sent} pings`)
      },
    },
    {
      name: 'the VM moved to a host that stays, and is reached from inside and outside',
      run: async () => {
        const host = lab.hypervisor.hostOf(web)
        claim([second.address, third.address].includes(host ?? ''), `web is on ${host}`)
        const inside = await ping(lab, late, addressOf(web))
        const argv = ['ping', '-n', '-q', '-W', '2', '-c', '3', '-i', '0.2', elastic]
        const { stdout } = await lab.outside.exec(argv)
        const [, outside] = /(\d+) received/.exec(stdout) ?? []
        const seen = `on ${host}: ${inside.received} of 3 from a VM, ${outside} of 3 by ${elastic}`
        return claim(inside.received === 3 && outside === '3', seen)
      },
    },
    {
      name: 'server and host are gone, and the cloud saw nothing forbidden',
      run: async () => {
        const { hosts: left } = await cluster()
        const servers = lab.scaleway.state.servers.size
        const errors = lab.scaleway.violations().filter(({ severity }) => severity === 'error')
        const seen = `${servers} servers, ${left.length} hosts, ${errors.length} violations`
        return claim(servers === 2 && left.length === 2 && errors.length === 0, seen)
      },
    },
  ])

  say('edgectl provision add-ip, and del-ip of the one that nobody uses')
  await edgectl('add-ip')
  const unused = [...lab.scaleway.state.flexibleIps.values()].find(
    ({ ip_address, tags }) => tags.includes('key=ip-1') && ip_address !== elastic,
  )
  await edgectl('del-ip', `${unused?.ip_address}`)
  for (const vm of [web, db, late]) {
    await lab.openNebula.terminate(vm, true)
    await lab.openNebula.waitVm(vm, 'DONE')
  }
  await edgectl('undeploy')
  await edgectl('delete')
  await check(leftoverChecks(lab))
})

async function start(lab: Lab, name: string, hostId: number, networks: number[]): Promise<number> {
  const nics = networks.map((networkId) => ({ networkId }))
  const vm = await lab.openNebula.instantiate({ name, hostId, nics })
  await lab.openNebula.waitVm(vm, 'RUNNING')
  return vm
}

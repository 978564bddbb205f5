import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import {
  createDocuments,
  engine,
  loadControllerDocument,
  stateName,
} from '../../../controller/documents/index.ts'
import { createOpenNebula } from '../../../controller/opennebula/index.ts'
import { createLifecycle, type Ports } from '../../../controller/provision/index.ts'
import { createClock } from '../../../lib/clock/index.ts'
import { silent } from '../../../lib/log/index.ts'
import { createOpenNebulaStandIn, type Hypervisor } from '../opennebula/index.ts'
import { createSite, publicKey, type Site, timing } from './site.ts'

/** Answers like the IPAM driver, with addresses counted in a file, so that each call is another one. */
const register = `#!/bin/sh
n=$(cat "$0.count" 2>/dev/null || echo 0); n=$((n + 1)); echo $n > "$0.count"
key=$(base64 -d | sed -n 's/.*<EDGE_KEY><!\\[CDATA\\[\\([^]]*\\).*/\\1/p')
echo "AR = [ TYPE = \\"IP4\\", IP = \\"100.64.0.$((2 * n))\\", SIZE = \\"1\\", IPAM_MAD = \\"scaleway\\","
echo "EXTERNAL_IP = \\"195.154.0.$n\\", GATEWAY = \\"100.64.0.$((2 * n + 1))\\", EDGE_KEY = \\"$key\\" ]"
`
const agree = '#!/bin/sh\nexit 0\n'

const hypervisor: Hypervisor = {
  hostAnswers: async () => true,
  hasBridge: async () => true,
  bridgeHasPort: async () => true,
  makeBridge: async () => {},
  startVm: async () => {},
  stopVm: async () => {},
  moveVm: async () => {},
}

t.test('oned’s stand-in ends with all objects, and with none after undeploy', async (t) => {
  const site = await createSite(t)
  const { lifecycle, one, id, provision, userId } = await setUp(t, site)
  await lifecycle.create(id)
  await lifecycle.idle(id)
  const body = await provision()
  t.equal(stateName(body.state), 'RUNNING', body.historic.at(-2)?.description ?? '')
  t.equal((await one.hosts.list()).length, 2)
  const networks = await one.networks.list()
  const privates = networks.find(({ vnMad }) => vnMad === 'vxlan')
  t.match(privates, { phydev: 'scwpn', state: 'READY', ranges: [{ ip: '10.184.0.10', size: 200 }] })
  t.equal(privates?.owner.uid, userId, 'handed to the user who asked')
  const publics = networks.find(({ vnMad }) => vnMad === 'elastic')
  t.match(
    publics?.ranges.map(({ attributes }) => attributes['EDGE_KEY']),
    [`${body.uuid}/ip-0`, `${body.uuid}/ip-1`],
  )
  t.match(body.one_objects.networks[1]?.template, {
    ar: [{ ip: '195.154.0.1' }, { ip: '195.154.0.2' }],
  })

  const [template] = await one.networkTemplates.list()
  await one.networkTemplates.instantiate(template?.id ?? -1, 'tenant', {})
  await t.rejects(lifecycle.undeploy(id, { force: false }), { code: 'EDGE_PROVISION_UNMANAGED' })
  await lifecycle.undeploy(id, { force: true })
  await lifecycle.idle(id)
  const after = await provision()
  t.equal(stateName(after.state), 'DONE', after.historic.at(-2)?.description ?? '')
  const mine = ({ template }: { template: object }) => 'EDGE_KEY' in template
  for (const room of [one.hosts, one.networks, one.networkTemplates, one.datastores, one.clusters])
    t.same((await room.list()).filter(mine), [])
  t.same(await site.violations(true), [])
})

t.test('a machine moves away before its host goes, and addresses come and go', async (t) => {
  const site = await createSite(t)
  const { lifecycle, one, standIn, id, provision } = await setUp(t, site)
  const { change } = lifecycle
  const ends = async (work: Promise<void>) => {
    await work
    await lifecycle.idle(id)
    const body = await provision()
    t.equal(stateName(body.state), 'RUNNING', body.historic.at(-2)?.description ?? '')
    return body
  }
  await ends(lifecycle.create(id))
  const [older, newer] = (await one.hosts.list()).map((host) => host.id).sort((a, b) => a - b)
  const vm = await standIn.instantiate({ name: 'guest', hostId: older ?? -1, nics: [] })
  await standIn.waitVm(vm, 'RUNNING')

  const leaving = { hostIds: [older ?? -1] }
  await t.rejects(change.removeHosts(id, leaving, 'refuse'), {
    code: 'EDGE_PROVISION_UNMANAGED',
    details: { context: { hosts: { [`${older}`]: { vm: [`${vm}`] } } } },
  })
  const after = await ends(change.removeHosts(id, leaving, 'migrate'))
  t.equal((await one.vms.get(vm)).history.at(-1)?.hostId, newer)
  t.same(
    after.one_objects.hosts.map((host) => host.id),
    [newer],
  )
  t.same(after.host_keys, ['host-1'])
  t.same(
    (await site.hardware.findServers()).map(({ key }) => key),
    ['host-1'],
  )

  const publicNetwork = async () =>
    (await one.networks.list()).find(({ vnMad }) => vnMad === 'elastic')
  await ends(change.addAddresses(id, 1))
  const ranges = (await publicNetwork())?.ranges ?? []
  t.same(
    ranges.map(({ attributes }) => attributes['EDGE_KEY']?.split('/')[1]),
    ['ip-0', 'ip-1', 'ip-2'],
  )
  const last = await ends(change.removeAddress(id, ranges[0]?.id ?? -1))
  t.equal((await publicNetwork())?.ranges.length, 2)
  t.equal(last.user_inputs_values['instance_public_ips'], 2)

  await ends(change.replaceHost(id, newer ?? -1, 'migrate'))
  t.same(
    (await site.hardware.findServers()).map(({ key }) => key),
    ['host-2'],
  )
  const [only] = await one.hosts.list()
  t.equal((await one.vms.get(vm)).history.at(-1)?.hostId, only?.id)
  const system = (await one.datastores.list()).find(({ template }) => 'REPLICA_HOST' in template)
  t.equal(system?.template['REPLICA_HOST'], only?.name)

  await one.vms.remove(vm)
  while ((await one.vms.list()).length > 0) await new Promise((done) => setTimeout(done, 5))
  await lifecycle.undeploy(id, { force: false })
  await lifecycle.idle(id)
  t.equal(stateName((await provision()).state), 'DONE')
  t.same(await site.violations(true), [])
})

async function setUp(t: { teardown(fn: () => unknown): void }, site: Site) {
  const ipamDir = await mkdtemp(join(tmpdir(), 'ipam-'))
  t.teardown(() => rm(ipamDir, { recursive: true, force: true }))
  await mkdir(join(ipamDir, 'scaleway'))
  for (const [action, text] of Object.entries({
    register_address_range: register,
    unregister_address_range: agree,
  })) {
    const path = join(ipamDir, 'scaleway', action)
    await writeFile(path, text)
    await chmod(path, 0o755)
  }
  const clock = createClock(timing)
  const users = { oneadmin: 'secret-of-admin', alice: 'secret-of-alice' }
  const standIn = await createOpenNebulaStandIn({ ipamDir, hypervisor, users, clock })
  t.teardown(() => standIn.close())
  const one = createOpenNebula({ endpoint: standIn.url, session: 'oneadmin:secret-of-admin' })
  t.teardown(() => one.close())
  const { id: userId, gid } = await one.as('alice:secret-of-alice').user()
  const controller = await loadControllerDocument(one)
  const documents = createDocuments(one, controller)
  const provider = await documents.providers.create({
    engine,
    name: 'scw',
    description: '',
    driver: 'scaleway',
    version: '1',
    fireedge: {},
    user_inputs: [],
    connection: { access_key: '', secret_key: '', project_id: '', region: '', zone: '' },
    provision_ids: [],
    registration_time: 0,
  })
  const made = await documents.provisions.create({
    name: 'edge-a',
    description: '',
    deployment_file: 'ssh_cluster',
    fireedge: {},
    user_inputs: [],
    user_inputs_values: { oneform_hosts: 2, instance_public_ips: 2 },
    provider_id: provider.id,
    state: 0,
    one_objects: { cluster: {}, hosts: [], networks: [], datastores: [] },
    registration_time: 0,
    historic: [],
    tags: {},
    engine,
    uuid: '7a3e4e1c-0000-4000-8000-000000000001',
    driver: 'scaleway',
  })
  await documents.provisions.chown(made.id, userId, gid)
  const hosts: Ports['hosts'] = {
    hypervisor: 'kvm',
    management: [],
    letIn: async () => ({ hostKey: 'ssh-ed25519 AAAA' }),
    ready: async () => {},
    install: async () => {},
    connect: () => {},
    admit: () => {},
    waitEnrolled: async () => {},
    forget: () => {},
  }
  const fleet: Ports['fleet'] = {
    set: async () => {},
    refresh: async () => {},
    waitSettled: async () => {},
    forget: () => {},
  }
  const lifecycle = createLifecycle({
    clock,
    logger: silent,
    cloud: controller.cloud,
    ...documents,
    opennebula: one,
    hardware: (_connection, _identity, signal) => site.hardwareThrough(undefined, signal),
    hosts,
    fleet,
    keys: { controllerKey: () => publicKey, userData: (_, key) => `#cloud-config\n${key}` },
  })
  return {
    lifecycle,
    one,
    standIn,
    userId,
    id: made.id,
    provision: async () => (await documents.provisions.get(made.id)).body,
  }
}

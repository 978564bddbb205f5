// Twenty VMs with an address each start on one host at the same time, in a cloud that attaches one
// address after the other.
import t, { type Test } from 'tap'
import { type AddressLab, createAddressLab } from './address-lab.ts'

t.setTimeout(280_000)

const count = 20
const scale = 0.1
/** What a `post` may take at most, in simulated seconds. */
const limit = 45

const lab = await createAddressLab({ hosts: 2, scale, prologSeconds: 10 })
t.teardown(() => lab.close())
const [here, there] = lab.hosts
if (!here || !there) throw new Error('no hosts')
const controller = await lab.start()
await lab.addAddresses(count)
const vms: number[] = []

t.test('started at once, all run with their addresses and none keeps a driver long', async (t) => {
  const posts = await postsOf(t, async () => {
    for (let n = 0; n < count; n++) vms.push(await instantiate(n))
    await allIn('RUNNING')
  })
  t.comment(sums('twenty started at once', posts))
  await arrived(t, here.server)
})

t.test('restarted at once as well, though all of them were just detached', async (t) => {
  await Promise.all(vms.map((vm) => lab.one.call('one.vm.action', ['poweroff', vm])))
  await allIn('POWEROFF')
  const posts = await postsOf(t, async () => {
    await Promise.all(vms.map((vm) => lab.one.call('one.vm.action', ['resume', vm])))
    await allIn('RUNNING')
  })
  t.comment(sums('twenty restarted at once', posts))
  await arrived(t, here.server)
})

t.test('and moved to another host together', async (t) => {
  const posts = await postsOf(t, async () => {
    await Promise.all(vms.map((vm) => lab.one.migrate(vm, there.hostId, false)))
    await allIn('RUNNING')
  })
  t.comment(sums('twenty moved at once', posts))
  await arrived(t, there.server)
  t.strictSame(
    controller.told.filter((line) => line.startsWith('warn')),
    [],
  )
  t.strictSame(await lab.violations(), [])
})

t.test(
  'one by one, each thread waiting for its own address, takes several times as long',
  async (t) => {
    for (const vm of vms) await lab.one.terminate(vm)
    await until(() => [...lab.sim.state.flexibleIps.values()].every(isFree))
    await controller.kill()
    const posts = await oneByOne(lab, here.server)
    t.comment(sums('one by one', posts))
    const ours = lab.actions.filter(({ action }) => action === 'post').slice(0, count)
    t.ok(2 * sum(ours.map(({ seconds }) => seconds)) < sum(posts))
  },
)

async function instantiate(n: number): Promise<number> {
  const nics = [{ networkId: lab.networkId }]
  return await lab.one.instantiate({ name: `vm-${n}`, hostId: here?.hostId ?? -1, nics })
}

async function allIn(state: string): Promise<void> {
  await Promise.all(vms.map((vm) => lab.one.waitVm(vm, state, 120_000)))
}

/** How long each `post` took that ended meanwhile; none failed, and none took too long. */
async function postsOf(t: Test, work: () => Promise<void>): Promise<number[]> {
  const before = lab.actions.length
  await work()
  const posts = lab.actions.slice(before).filter(({ action }) => action === 'post')
  t.strictSame(
    posts.flatMap(({ error }) => error ?? []),
    [],
  )
  t.equal(posts.length, count)
  const longest = Math.max(...posts.map(({ seconds }) => seconds))
  t.ok(longest <= limit, `the longest took ${longest.toFixed(1)} s`)
  return posts.map(({ seconds }) => seconds)
}

/** Each address comes to where its VM is, mapped there and nowhere else. */
async function arrived(t: Test, server: string): Promise<void> {
  await until(() => lab.whereabouts().every(({ attachedTo }) => attachedTo === server))
  for (const { external, status, mappedOn, runsOn } of lab.whereabouts()) {
    t.strictSame(
      { status, mappedOn, runsOn },
      { status: 'attached', mappedOn: [server], runsOn: server },
      external,
    )
  }
  t.equal(new Set(lab.whereabouts().map(({ external }) => external)).size, count)
}

/** Ends after ten simulated minutes, whether it has come true or not. */
async function until(holds: () => boolean): Promise<void> {
  for (let waited = 0; !holds() && waited < 600; waited++) await lab.sleep(1)
}

function isFree({ status, tags }: { status: string; tags: readonly string[] }): boolean {
  return status === 'ready' || !tags.includes('managed-by=edgectl')
}

/** A request and a wait per address, in as many threads as oned's driver has: the incumbent's way, but right. */
async function oneByOne({ sim, seconds, sleep }: AddressLab, server: string): Promise<number[]> {
  const waiting = [...sim.state.flexibleIps.values()].filter(({ tags }) =>
    tags.includes('managed-by=edgectl'),
  )
  const took: number[] = []
  const thread = async () => {
    for (let fip = waiting.shift(); fip; fip = waiting.shift()) {
      const began = seconds()
      await attach(sim.url, fip.id, server)
      while (fip.status !== 'attached') await sleep(1)
      took.push(seconds() - began)
    }
  }
  await Promise.all(Array.from({ length: 15 }, thread))
  return took
}

async function attach(url: string, id: string, server: string): Promise<void> {
  const { simulatedKey } = await import('../scaleway/index.ts')
  const headers = { 'content-type': 'application/json', 'x-auth-token': simulatedKey.secretKey }
  const body = JSON.stringify({ fips_ids: [id], server_id: server })
  const path = '/flexible-ip/v1alpha1/zones/fr-par-2/fips/attach'
  const answer = await fetch(`${url}${path}`, { method: 'POST', headers, body })
  if (!answer.ok) throw new Error(await answer.text())
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0)

function sums(what: string, posts: readonly number[]): string {
  const longest = Math.max(...posts)
  return `${what}: ${Math.round(sum(posts))} thread-seconds, ${longest.toFixed(1)} s for the longest`
}

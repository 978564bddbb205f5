import { createLab, type Lab } from '../whole/lab.ts'
import { createProvider, createProvision } from '../whole/provisioning.ts'
import { type Cluster, readCluster } from './cluster.ts'
import { leftoverChecks, objectChecks } from './ends.ts'
import { startGuests, stopGuests } from './guests.ts'
import { machineryChecks, resilienceChecks } from './machinery.ts'
import { type Check, type Proof, prove } from './proof.ts'
import { trafficChecks } from './traffic.ts'

export interface DemoOptions {
  /** Goes to stderr as the demo goes on. */
  readonly say: (text: string) => void
  readonly tell: (proof: Proof) => void
  /** Called instead of the undeployment when the cluster shall stay. */
  readonly keep?: (lab: Lab, cluster: Cluster) => Promise<void>
}

/** From nothing to a running edge cluster and back, with every claim observed. */
export async function runDemo({ say, tell, keep }: DemoOptions): Promise<Proof[]> {
  const proofs: Proof[] = []
  const check = async (checks: readonly Check[]) => void proofs.push(...(await prove(checks, tell)))
  const started = performance.now()
  const chapter = (text: string) => say(`\n[${seconds(performance.now() - started)}] ${text}`)

  chapter('Starting the simulated Scaleway API, the OpenNebula stand-in and the controller')
  const lab = await createLab()
  try {
    await lab.controller.start()
    chapter('edgectl provider create scaleway')
    const provider = await createProvider(lab)
    chapter(`edgectl provision create scaleway --provider-id ${provider}  (3 hosts, 2 public IPs)`)
    const wish = { provider, hosts: 3, publicIps: 2 }
    const provision = await createProvision(lab, wish, { onProgress: (line) => say(`  ${line}`) })
    const cluster = await readCluster(lab, provision)
    await check(objectChecks(lab, cluster))
    chapter('Starting VMs on different hosts')
    const guests = await startGuests(lab, cluster)
    chapter('What the hosts show')
    await check(machineryChecks(lab, cluster, guests))
    chapter('What packets show')
    await check(trafficChecks(lab, cluster, guests))
    chapter('What VMs must not feel')
    await check(resilienceChecks(lab, cluster, guests))
    chapter(`edgectl provision show ${provision}`)
    say((await lab.edgectl(['provision', 'show', `${provision}`])).stdout)
    if (keep) {
      await keep(lab, cluster)
      return proofs
    }
    chapter(`Stopping the VMs; edgectl provision undeploy ${provision}`)
    await stopGuests(lab, guests)
    await must(lab, ['provision', 'undeploy', `${provision}`], say)
    await must(lab, ['provision', 'delete', `${provision}`], say)
    await must(lab, ['provider', 'delete', `${provider}`], say)
    await check(leftoverChecks(lab))
    chapter('Done')
  } catch (error) {
    say(await lab.controller.tail(15))
    const broken = { name: 'the demo runs to its end', ok: false, detail: `${error}`.slice(0, 600) }
    tell(broken)
    proofs.push(broken)
  } finally {
    if (!keep || proofs.some(({ name }) => name === 'the demo runs to its end')) await lab.close()
  }
  return proofs
}

async function must(lab: Lab, args: string[], say: (text: string) => void): Promise<void> {
  const { code } = await lab.edgectl(args, { onProgress: (line) => say(`  ${line}`) })
  if (code !== 0)
    throw new Error(`edgectl ${args.slice(0, 2).join(' ')} ended with exit code ${code}`)
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(0).padStart(3)} s`
}

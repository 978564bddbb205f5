import { readdir, readFile } from 'node:fs/promises'
import { simulatedProject } from '../scaleway/index.ts'
import type { Lab } from '../whole/lab.ts'
import type { Cluster } from './cluster.ts'
import { type Check, claim } from './proof.ts'

/** What must be there once the provision says RUNNING. */
export function objectChecks(lab: Lab, cluster: Cluster): Check[] {
  const { scaleway, openNebula } = lab
  return [
    {
      name: 'three servers, one gateway and two addresses at Scaleway, no more',
      run: async () => {
        const seen = cloudObjects(lab)
        const { servers, gateways, flexibleIps, vpcs, privateNetworks } = seen
        const right =
          servers === 3 &&
          gateways === 1 &&
          flexibleIps === 2 &&
          vpcs === 1 &&
          privateNetworks === 1
        return claim(right, listed(seen))
      },
    },
    {
      name: 'OpenNebula has the cluster, its hosts, networks and datastores',
      run: async () => {
        const hosts = openNebula.state.hosts.newestFirst().length
        const networks = openNebula.state.networks.newestFirst().length
        const clusters = openNebula.state.clusters.newestFirst().length - 1
        const seen = `${cluster.state}: ${clusters} cluster, ${hosts} hosts, ${networks} networks`
        return claim(
          cluster.state === 'RUNNING' && hosts === 3 && networks === 2 && clusters === 1,
          seen,
        )
      },
    },
    {
      name: 'the public IPs came through the IPAM driver executables',
      run: async () => {
        const calls = openNebula.state.ipam.calls.filter(
          ({ action }) => action === 'register_address_range',
        )
        const good = calls.filter(({ exitCode }) => exitCode === 0).length
        return claim(
          good === 2 && calls.length === 2,
          `${good} of ${calls.length} runs of register_address_range succeeded`,
        )
      },
    },
    {
      name: 'the simulated cloud saw no forbidden request',
      run: async () => {
        const errors = await violations(scaleway.url)
        return claim(errors.length === 0, errors.join('; ') || 'no violation of its rules')
      },
    },
  ]
}

/** What must be gone once the provision is undeployed. */
export function leftoverChecks(lab: Lab): Check[] {
  return [
    {
      name: 'nothing is left at Scaleway',
      run: async () => {
        const seen = cloudObjects(lab)
        const errors = await violations(lab.scaleway.url, simulatedProject)
        const none = Object.values(seen).every((count) => count === 0) && errors.length === 0
        return claim(
          none,
          none
            ? 'no server, address, gateway, network or key of ours'
            : `${listed(seen)}; ${errors.join('; ')}`,
        )
      },
    },
    {
      name: 'nothing is left in OpenNebula',
      run: async () => {
        const { hosts, networks, networkTemplates, clusters, datastores, documents } =
          lab.openNebula.state
        const left = [
          ...hosts.newestFirst().map(({ name }) => `host ${name}`),
          ...networks.newestFirst().map(({ name }) => `network ${name}`),
          ...networkTemplates.newestFirst().map(({ name }) => `template ${name}`),
          ...clusters
            .newestFirst()
            .flatMap(({ id, name }) => (id === 0 ? [] : [`cluster ${name}`])),
          ...datastores
            .newestFirst()
            .flatMap(({ id, name }) => (id < 100 ? [] : [`datastore ${name}`])),
          ...documents
            .newestFirst()
            .flatMap(({ name, type }) => (type === 104 ? [`provision ${name}`] : [])),
        ]
        return claim(
          left.length === 0,
          left.join(', ') || 'no host, network, datastore, cluster or provision',
        )
      },
    },
    {
      name: 'no server runs any more',
      run: async () => {
        const inits = await processesCalled('systemd')
        return claim(inits === 0, `${inits} systemd processes in the lab`)
      },
    },
  ]
}

/** Counts what the simulated project holds; foreign objects of other projects do not count. */
function cloudObjects({ scaleway: { state } }: Lab) {
  const ours = (objects: Map<string, { readonly project_id: string }>) =>
    [...objects.values()].filter(({ project_id }) => project_id === simulatedProject).length
  return {
    servers: ours(state.servers),
    gateways: ours(state.gateways),
    gatewayIps: ours(state.gatewayIps),
    flexibleIps: ours(state.flexibleIps),
    vpcs: ours(state.vpcs),
    privateNetworks: ours(state.privateNetworks),
    sshKeys: ours(state.sshKeys),
  }
}

const words = {
  servers: ['server', 'servers'],
  gateways: ['gateway', 'gateways'],
  gatewayIps: ['gateway address', 'gateway addresses'],
  flexibleIps: ['flexible IP', 'flexible IPs'],
  vpcs: ['VPC', 'VPCs'],
  privateNetworks: ['private network', 'private networks'],
  sshKeys: ['SSH key', 'SSH keys'],
} as const

function listed(counts: Readonly<Record<keyof typeof words, number>>): string {
  const kinds = Object.keys(words) as (keyof typeof words)[]
  return kinds
    .map((kind) => `${counts[kind]} ${words[kind][counts[kind] === 1 ? 0 : 1]}`)
    .join(', ')
}

async function violations(url: string, destroyed?: string): Promise<string[]> {
  const query = destroyed === undefined ? '' : `?destroyed=${destroyed}`
  const answer = await fetch(`${url}/_sim/violations${query}`)
  const body = (await answer.json()) as {
    violations: { severity: string; rule: string; what: string }[]
  }
  return body.violations
    .filter(({ severity }) => severity === 'error')
    .map(({ rule, what }) => `${rule}: ${what}`)
}

/** The lab has a /proc of its own: what is listed is what the lab runs. */
async function processesCalled(name: string): Promise<number> {
  const pids = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry))
  const names = await Promise.all(
    pids.map((pid) => readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')),
  )
  return names.filter((comm) => comm.trim() === name).length
}

import type { Facts } from '../facts.ts'
import { broken, type Finding, type Hop, ok } from '../hop.ts'
import { type AtPort, type InNetwork, isPrivate, titleOf } from '../subjects.ts'

/** What the agent refuses it does not carry out, and says why. */
export const networkSpecHops: readonly Hop<InNetwork>[] = [{ name: 'spec', check: networkAdmitted }]
export const portSpecHops: readonly Hop<AtPort>[] = [{ name: 'spec', check: portAdmitted }]

const theirs =
  'Its attributes in OpenNebula are refused as they are: `onevnet show`, `onevnet update` on the front-end.'

function networkAdmitted({ network }: InNetwork, { wanted, faults }: Facts): Finding {
  const title = titleOf(network)
  const why = faults.find((fault) => fault.toLowerCase().startsWith(`${title.toLowerCase()} `))
  const taken =
    wanted.bridges.some(({ name }) => name === network.bridge) &&
    (!isPrivate(network) || wanted.tunnels.some(({ name }) => name === network.device))
  return why === undefined && taken
    ? ok(`${title} is part of this host's specification`)
    : broken(why ?? `${title} is left out`, theirs)
}

function portAdmitted(subject: AtPort, facts: Facts): Finding {
  const { port } = subject.port
  const why = facts.faults.find(
    (fault) => fault.startsWith(`Port ${port} `) || fault.includes(` of port ${port} is left out`),
  )
  return why === undefined ? networkAdmitted(subject, facts) : broken(why, theirs)
}

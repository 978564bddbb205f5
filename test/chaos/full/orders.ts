import { simulatedProject } from '../../lab/scaleway/index.ts'
import type { Lab } from '../../lab/whole/lab.ts'
import { ranges, type Step } from './steps.ts'

/** What is not as it must be once an operation has ended, one sentence each. */
export function wrongAfter(lab: Lab, { after, ordered }: Step): string[] {
  const { state } = lab.scaleway
  const once = after.hosts === 0 ? 0 : 1
  const billed = (kind: string) =>
    lab.scaleway.ledger.bill(simulatedProject).objects.filter((object) => object.kind === kind)
      .length
  const ourIps = [...state.flexibleIps.values()].filter(
    ({ project_id }) => project_id === simulatedProject,
  )
  const counts: readonly (readonly [what: string, is: number, shall: number])[] = [
    ['servers ordered', billed('server'), ordered.hosts],
    ['private network options ordered', billed('option'), ordered.hosts],
    ['gateways ordered', billed('gateway'), 1],
    ['gateway addresses ordered', billed('gateway-ip'), 1],
    ['flexible IPs ordered', billed('flexible-ip'), ordered.ips],
    ['servers', state.servers.size, after.hosts],
    ['attachments', state.attachments.size, after.hosts],
    ['flexible IPs', ourIps.length, after.ips],
    ['gateways', state.gateways.size, once],
    ['gateway addresses', state.gatewayIps.size, once],
    ['gateway networks', state.gatewayNetworks.size, once],
    ['private networks', state.privateNetworks.size, once],
    ['VPCs', state.vpcs.size, once],
    ['SSH keys', state.sshKeys.size, once],
    ['hosts in OpenNebula', lab.openNebula.state.hosts.newestFirst().length, after.hosts],
    ['public ranges', ranges(lab).length, after.ips],
  ]
  return [
    ...counts
      .filter(([, is, shall]) => is !== shall)
      .map(([what, is, shall]) => `${is} ${what}, not ${shall}`),
    ...lab.scaleway
      .violations()
      .filter(({ severity }) => severity === 'error')
      .map(({ rule, what }) => `the cloud noted ${rule}: ${what}`),
  ]
}

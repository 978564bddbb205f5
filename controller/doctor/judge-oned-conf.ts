import { broken, ok, type Verdict, warning } from './finding.ts'
import type { OnedConf } from './oned-conf.ts'

const restart = 'then: systemctl restart opennebula'

/** oned executes only drivers that it was told of, and does not say so otherwise. */
export function judgeIpamMad({ ipamDrivers }: OnedConf, file: string): Verdict {
  if (ipamDrivers?.includes('scaleway')) return ok(`${file} names the IPAM driver scaleway`)
  return broken(
    `${file} does not name the IPAM driver scaleway: oned refuses public addresses with an empty message`,
    ipamDrivers === undefined
      ? `Put IPAM_MAD as OpenNebula ships it back into ${file}, with scaleway in its -i list, ${restart}`
      : `Add scaleway to the list behind -i in ARGUMENTS of IPAM_MAD, ${restart}`,
  )
}

export function judgeVnMad({ networkDrivers }: OnedConf, file: string): Verdict {
  const lacking = ['elastic', 'vxlan'].filter((name) => !networkDrivers.includes(name))
  if (lacking.length === 0) return ok(`${file} has the network drivers elastic and vxlan`)
  return broken(
    `${file} has no VN_MAD_CONF for ${lacking.join(' and ')}, which edge networks use`,
    `Add to ${file}: ${lacking.map((name) => `VN_MAD_CONF = [ NAME = "${name}", BRIDGE_TYPE = "linux" ]`).join(' ')}, ${restart}`,
  )
}

const body = 'TEMPLATE/PROVISION_BODY'

/** The controller's master key lies in such an attribute. */
export function judgeEncryption({ encrypted }: OnedConf, file: string): Verdict {
  if (encrypted.includes(body)) return ok('oned encrypts what provisions must keep secret')
  return warning(
    `${file} does not have ${body} encrypted: the controller’s master key lies in clear in OpenNebula’s database and its backups`,
    `Add to ${file}: DOCUMENT_ENCRYPTED_ATTR = "${body}", ${restart}, then: systemctl restart edgectl`,
  )
}

import t from 'tap'
import {
  judgeEncryption,
  judgeIpamMad,
  judgeVnMad,
} from '../../../controller/doctor/judge-oned-conf.ts'
import { readOnedConf } from '../../../controller/doctor/oned-conf.ts'

const file = '/etc/one/oned.conf'
const shipped = `
# IPAM_MAD = [ ARGUMENTS = "-i nothing" ]
LOG = [ SYSTEM = "file", DEBUG_LEVEL = 3 ]
IPAM_MAD = [
    EXECUTABLE = "one_ipam",
    ARGUMENTS  = "-t 1 -i dummy,aws,equinix,vultr,scaleway"   # drivers
]
VN_MAD_CONF = [ NAME = "bridge", BRIDGE_TYPE = "linux" ]
VN_MAD_CONF = [
    NAME = "vxlan",
    BRIDGE_TYPE = "linux"
]
VN_MAD_CONF = [ NAME = "elastic", BRIDGE_TYPE = "linux" ]
DOCUMENT_ENCRYPTED_ATTR = "TEMPLATE/PROVISION_BODY"
`

t.test('what OpenNebula ships is as it must be', async (t) => {
  const conf = readOnedConf(shipped)
  t.strictSame(conf.ipamDrivers, ['dummy', 'aws', 'equinix', 'vultr', 'scaleway'])
  t.strictSame(conf.networkDrivers, ['bridge', 'vxlan', 'elastic'])
  t.strictSame(conf.encrypted, ['TEMPLATE/PROVISION_BODY'])
  for (const judge of [judgeIpamMad, judgeVnMad, judgeEncryption])
    t.equal(judge(conf, file).status, 'ok')
})

t.test('what is commented out, or in another attribute, is not there', async (t) => {
  const conf = readOnedConf(`
#IPAM_MAD = [ ARGUMENTS = "-i scaleway" ]
XIPAM_MAD = [ ARGUMENTS = "-i scaleway" ]
VN_MAD_CONF = [ NAME = "a#b", TITLE = "x ] y" ] # VN_MAD_CONF = [ NAME = "elastic" ]
# DOCUMENT_ENCRYPTED_ATTR = "TEMPLATE/PROVISION_BODY"
`)
  t.equal(conf.ipamDrivers, undefined)
  t.strictSame(conf.networkDrivers, ['a#b'])
  t.strictSame(conf.encrypted, [])
})

t.test('what is missing is told with the line to write', async (t) => {
  const without = (text: string | RegExp) => readOnedConf(shipped.replace(text, ''))
  t.match(judgeIpamMad(without(',scaleway'), file), {
    status: 'broken',
    sentence: /does not name the IPAM driver scaleway/,
    fix: /Add scaleway to the list behind -i .*systemctl restart opennebula/,
  })
  t.match(judgeIpamMad(readOnedConf(''), file), { status: 'broken', fix: /Put IPAM_MAD .* back/ })
  t.match(judgeVnMad(without(/VN_MAD_CONF.*"elastic".*/), file), {
    status: 'broken',
    fix: /VN_MAD_CONF = \[ NAME = "elastic", BRIDGE_TYPE = "linux" \]/,
  })
  t.match(judgeEncryption(without(/DOCUMENT_ENC.*/), file), {
    status: 'warning',
    sentence: /master key lies in clear/,
    fix: /DOCUMENT_ENCRYPTED_ATTR = "TEMPLATE\/PROVISION_BODY"/,
  })
})

import t from 'tap'
import { freeBlock } from '../../../controller/provision/free-block.ts'
import { inputValues, parseInputs } from '../../../controller/provision/inputs.ts'
import { reservedRanges } from '../../../controller/provision/reserved-ranges.ts'
import {
  connectionInputs,
  userInputs,
  userInputsFor,
} from '../../../controller/provision/user-inputs.ts'
import { Fault } from '../../../lib/fault/index.ts'
import { overlaps, parseCidr } from '../../../lib/net/index.ts'

t.test('inputs left out get the documented defaults', async (t) => {
  const inputs = parseInputs({})
  t.same(inputs, {
    hosts: 1,
    instanceType: 'em_a116x_ssd',
    osName: 'ubuntu_2204',
    diskGb: 128,
    publicIps: 0,
    cidr: '10.180.0.0/22',
    tags: {},
    hypervisor: 'kvm',
    gatewayType: 'VPC-GW-S',
    billing: 'hourly',
    bastion: true,
  })
  t.same(parseInputs(inputValues(inputs)), inputs, 'and survive being stored')
})

t.test(
  'values are taken as clients send them: texts for numbers, OneForm’s name for public IPs',
  async (t) => {
    const inputs = parseInputs({
      oneform_hosts: '3',
      oneform_public_ips: '2',
      instance_type: 'em_a610r_nvme',
      gateway_bastion: 'false',
    })
    t.match(inputs, { hosts: 3, publicIps: 2, instanceType: 'em_a610r_nvme', bastion: false })
  },
)

t.test(
  'a wrong value gives one sentence naming the input, before anything is created',
  async (t) => {
    const wrong: [object, RegExp][] = [
      [{ oneform_hosts: 0 }, /^oneform_hosts must be a whole number from 1 to 10, not 0$/],
      [{ oneform_hosts: 11 }, /from 1 to 10/],
      [{ oneform_hosts: 1.5 }, /whole number/],
      [{ instance_public_ips: 6 }, /from 0 to 5/],
      [{ instance_disk_size: 16 }, /from 32 to 1024/],
      [{ instance_type: 'c5.metal' }, /^instance_type must be a name like em_a116x_ssd/],
      [{ instance_os_name: 'debian' }, /^instance_os_name must be one of ubuntu_2204, ubuntu_2404/],
      [{ cidr_block: '10.0.0.0' }, /^cidr_block must be an IPv4 prefix like/],
      [{ cidr_block: '10.0.0.0/33' }, /IPv4 prefix/],
      [{ cidr_block: '10.0.0.300/24' }, /IPv4 prefix/],
      [{ cidr_block: '10.0.0.5/24' }, /host bits set: "10.0.0.5\/24" is 10.0.0.0\/24/],
      [{ cidr_block: '10.0.0.0/8' }, /\/16 to \/28/],
      [{ cidr_block: '8.8.8.0/24' }, /must be inside 10\/8/],
      [{ cidr_block: '100.64.0.0/24' }, /must be inside 10\/8/],
      [{ cidr_block: '172.17.0.0/24' }, /overlaps 172.17.0.0\/16, Docker/],
      [{ cidr_block: '10.184.0.0/16' }, /overlaps 10.184.0.0\/24, the private network/],
      [{ cidr_block: '192.168.122.0/24' }, /overlaps 192.168.122.0\/24, libvirt/],
      [{ cidr_block: '10.0.0.0/16' }, /overlaps 10.0.3.0\/24, LXC/],
      [{ hypervisor: 'xen' }, /^hypervisor must be one of kvm, lxc/],
      [{ gateway_type: 'VPC-GW-XXL' }, /^gateway_type must be one of VPC-GW-S, VPC-GW-M/],
      [{ billing: 'yearly' }, /^billing must be one of hourly, monthly/],
      [{ gateway_bastion: 'maybe' }, /^gateway_bastion must be true or false/],
      [{ oneform_tags: 'a' }, /names with values/],
      [{ oneform_tags: { 'a b': 'c' } }, /bad name/],
      [{ colour: 'red' }, /colour is not an input/],
    ]
    for (const [values, message] of wrong) {
      const fault = faultOf(() => parseInputs({ ...values }))
      t.match(fault.message, message)
      t.match(fault, { code: 'EDGE_INPUTS_INVALID', kind: 'invalid' })
    }
  },
)

t.test('every wrong input is in the context, as OneForm answers', async (t) => {
  const fault = faultOf(() => parseInputs({ oneform_hosts: 0, cidr_block: 'x' }))
  t.same(Object.keys(fault.details.context ?? {}).sort(), ['cidr_block', 'oneform_hosts'])
})

t.test('inputs beyond the documented ones come after them, under names of their own', async (t) => {
  t.same(
    userInputs.map(({ name }) => name),
    [
      ...['oneform_hosts', 'instance_type', 'instance_os_name', 'instance_disk_size'],
      ...['instance_public_ips', 'cidr_block', 'oneform_tags'],
      ...['hypervisor', 'gateway_type', 'billing', 'gateway_bastion'],
    ],
  )
})

t.test('the hypervisor is the configuration’s unless the provision names one', async (t) => {
  t.equal(parseInputs({}, userInputsFor('lxc')).hypervisor, 'lxc')
  t.equal(parseInputs({ hypervisor: 'kvm' }, userInputsFor('lxc')).hypervisor, 'kvm')
})

t.test('a provision made with defaults gets addresses that no other has', async (t) => {
  const blockOf = (...taken: string[]) =>
    freeBlock(
      '10.180.0.0/22',
      taken.map((cidr, id) => ({ id, cidr })),
    )
  t.equal(blockOf(), '10.180.0.0/22')
  t.equal(blockOf('10.9.0.0/16'), '10.180.0.0/22')
  t.equal(blockOf('10.180.0.0/22', '10.180.4.128/28', '10.180.12.0/22'), '10.180.8.0/22')
  t.equal(blockOf('10.180.0.0/16'), '10.181.0.0/22')
  t.equal(blockOf('10.180.0.0/15', '10.182.0.0/15'), '10.180.0.0/22', 'all are taken')
})

/** What sites and hosts have already, without anybody having chosen it. */
const common = {
  'Docker’s address pools, Scaleway’s automatic networks, AWS’ default VPC': '172.16.0.0/12',
  'Docker’s second pool, libvirt, Calico, home routers': '192.168.0.0/16',
  'Azure, OpenNebula’s examples, LXC’s bridge, Docker swarm': '10.0.0.0/16',
  'MicroK8s’ pods': '10.1.0.0/16',
  OpenVPN: '10.8.0.0/24',
  k3s: '10.42.0.0/15',
  Podman: '10.88.0.0/15',
  'Kubernetes’ services': '10.96.0.0/12',
  'MicroK8s’ services': '10.152.183.0/24',
  Flannel: '10.244.0.0/16',
  'our addresses of VMs and links, and carriers’': '100.64.0.0/10',
}

t.test('no default collides with anything common, nor with another default', async (t) => {
  const { cidr } = parseInputs({})
  const [vms] = reservedRanges
  if (!vms) throw new Error('no private network of virtual machines')
  for (const ours of ['10.180.0.0/14', vms.cidr])
    for (const [name, range] of Object.entries(common))
      t.notOk(overlaps(parseCidr(ours), parseCidr(range)), `${ours} and ${name}`)
  t.notOk(overlaps(parseCidr('10.180.0.0/14'), parseCidr(vms.cidr)))
  t.ok(overlaps(parseCidr('10.180.0.0/14'), parseCidr(cidr)))
})

t.test('what is offered as a default or in a list is itself valid', async (t) => {
  for (const { name, match } of userInputs)
    if (match?.type === 'list')
      for (const value of match.values) t.ok(parseInputs({ [name]: value }))
  const zone = connectionInputs.find(({ name }) => name === 'zone')
  t.match(zone?.match, {
    values: { 'fr-par': ['fr-par-1', 'fr-par-2'], 'pl-waw': ['pl-waw-2', 'pl-waw-3'] },
  })
})

function faultOf(work: () => unknown): Fault {
  try {
    work()
  } catch (error) {
    if (error instanceof Fault) return error
  }
  throw new Error('no fault')
}

// What cannot be right is said in one sentence, with exit code 2, before anything is created.
import { claim } from '../../lab/demo/proof.ts'
import type { Lab } from '../../lab/whole/lab.ts'
import { createProvider, labConnection } from '../../lab/whole/provisioning.ts'
import { tell } from './story.ts'

await tell(async ({ lab, check }) => {
  const connection = (values: object) => JSON.stringify({ name: 'x', connection_values: values })
  const provider = ['provider', 'create', 'scaleway', '-']
  const good = await createProvider(lab)
  const provision = (...inputs: string[]) => [
    ...['provision', 'create', 'scaleway', '--provider-id', `${good}`],
    ...inputs.flatMap((input) => ['--input', input]),
  ]
  const before = created(lab)
  const cases: { name: string; args: string[]; input?: string; says: RegExp }[] = [
    {
      name: 'a provider that does not exist',
      args: [
        'provision',
        'create',
        'scaleway',
        '--provider-id',
        '999',
        '--input',
        'oneform_hosts=1',
      ],
      says: /999/,
    },
    {
      name: 'a zone without Elastic Metal',
      args: provider,
      input: connection({ ...labConnection, zone: 'fr-par-3' }),
      says: /fr-par-3/,
    },
    {
      name: 'a key that the cloud refuses',
      args: provider,
      input: connection({ ...labConnection, secret_key: '00000000-0000-4000-8000-000000000000' }),
      says: /key|authentication/i,
    },
    { name: 'no hosts', args: provision('oneform_hosts=0'), says: /oneform_hosts/ },
    {
      name: 'a malformed CIDR',
      args: provision('oneform_hosts=1', 'cidr_block=10.0.0/22'),
      says: /cidr_block|10\.0\.0\/22/,
    },
    {
      name: 'an unknown instance type',
      args: provision('instance_type=em_z9'),
      says: /em_z9|instance_type/,
    },
    {
      name: 'an instance type that the zone does not sell',
      args: provision('instance_type=em_z9_nvme'),
      says: /EM-Z9-NVME/,
    },
    {
      name: 'too many public IPs',
      args: provision('instance_public_ips=6'),
      says: /instance_public_ips/,
    },
    { name: 'a provision that does not exist', args: ['provision', 'show', '4242'], says: /4242/ },
  ]
  await check(
    cases.map(({ name, args, input = '', says }) => ({
      name: `${name} is refused in a sentence, with exit code 2`,
      run: async () => {
        const { code, stdout, stderr } = await lab.edgectl(args, { input })
        const lines = stderr.trim().split('\n')
        const seen = `exit code ${code}: ${stderr.trim()}`
        claim(code === 2 && stdout.trim() === '', seen)
        claim(lines.length === 1 && says.test(stderr), seen)
        return claim(!/^\s*at /m.test(stderr) && !stderr.includes(labConnection.secret_key), seen)
      },
    })),
  )
  await check([
    {
      name: 'all that is in the way is said at once, by input',
      run: async () => {
        const { code, stderr } = await lab.edgectl(
          provision('gateway_type=VPC-GW-M', 'instance_type=em_b112x_ssd', 'oneform_hosts=9'),
        )
        const both = /EM-B112X-SSD is out of stock.*; oneform_hosts Quota EM_B112X_SSD is 2/
        return claim(code === 2 && both.test(stderr), `exit code ${code}: ${stderr.trim()}`)
      },
    },
    {
      name: 'a dry run shows each thing with its price',
      run: async () => {
        const asked = provision('oneform_hosts=2', 'gateway_type=VPC-GW-M', 'billing=monthly')
        const { code, stdout } = await lab.edgectl([...asked, '--dry-run'])
        const order = /VPC.*gateway VPC-GW-M.*2 +EM-A116X-SSD monthly.*TOTAL.*at once/s
        return claim(code === 0 && order.test(stdout), stdout.trim())
      },
    },
    {
      name: 'nothing was created by any of them',
      run: async () => {
        const after = created(lab)
        return claim(after === before, `objects before and after: ${before} and ${after}`)
      },
    },
  ])
})

function created({ scaleway: { state }, openNebula }: Lab): string {
  const cloud = state.servers.size + state.vpcs.size + state.gateways.size + state.sshKeys.size
  return `${cloud} in the cloud, ${openNebula.state.documents.newestFirst().length} documents`
}

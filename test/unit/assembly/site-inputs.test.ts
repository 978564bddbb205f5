import t from 'tap'
import { siteInputs } from '../../../controller/assembly/site-inputs.ts'
import { defaults } from '../../../controller/config/index.ts'
import { states } from '../../../controller/documents/index.ts'

t.test('a new provision gets the site’s hypervisor and a block of its own', async (t) => {
  const { profile } = defaults('/x')
  const others = [
    { id: 1, body: { state: states.RUNNING, user_inputs_values: {} } },
    { id: 2, body: { state: states.DONE, user_inputs_values: { cidr_block: '10.180.4.0/22' } } },
    { id: 3, body: { state: states.INIT_FAILURE, user_inputs_values: { cidr_block: 'x' } } },
  ]
  const provisions = { list: async () => others } as never
  const parse = siteInputs({ profile: { ...profile, hypervisor: 'lxc' } }, { provisions })
  t.match(await parse({}), { hypervisor: 'lxc', cidr_block: '10.180.4.0/22' })
  t.match(await parse({ cidr_block: '10.180.0.0/22', hypervisor: 'kvm' }), {
    hypervisor: 'kvm',
    cidr_block: '10.180.0.0/22',
  })
  await t.rejects(parse({ oneform_hosts: 99 }), { code: 'EDGE_INPUTS_INVALID' })
})

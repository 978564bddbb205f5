import { PassThrough } from 'node:stream'
import { stripVTControlCharacters } from 'node:util'
import t from 'tap'
import type { ProvisionAnswer } from '../../../controller/cli/answers.ts'
import { provisionLayout } from '../../../controller/cli/layout.ts'
import { listOf, provisionColumns } from '../../../controller/cli/listing.ts'
import { ask } from '../../../controller/cli/prompt.ts'
import { type OneObjects, type Scaling, states } from '../../../controller/documents/index.ts'
import type { Leak } from '../../../controller/leaks/index.ts'
import { connectionInputs, userInputs } from '../../../controller/provision/user-inputs.ts'
import { launch, shell } from './support.ts'
import { noTerminal, type } from './typing.ts'

const documented: ProvisionAnswer = {
  ID: '1',
  NAME: 'Scaleway SSH Cluster',
  UNAME: 'oneadmin',
  GNAME: 'oneadmin',
  PERMISSIONS: { OWNER_U: '1', OWNER_M: '1', OWNER_A: '0' },
  TEMPLATE: {
    PROVISION_BODY: {
      description: 'It deploys a SSH cluster on Scaleway',
      state: 'RUNNING',
      provider_id: 1,
      user_inputs_values: {
        oneform_hosts: 0,
        instance_type: 'c5.metal',
        instance_os_name: 'ubuntu_2204',
        instance_disk_size: 128,
        instance_public_ips: 0,
        cidr_block: '10.0.0.0/16',
        oneform_tags: {},
      },
      one_objects: {
        cluster: { id: 2, name: 'Scaleway SSH Cluster (provision_1)' },
        hosts: [{ id: 3, name: '3.74.216.118', resource_id: 'i-006a01c592f849031' }],
        networks: [
          { id: 6, name: 'private_scaleway_network (provision_1)', template: { vn_mad: 'vxlan' } },
          { id: 7, name: 'public_scaleway_network (provision_1)', template: { vn_mad: 'elastic' } },
        ],
        datastores: [
          { id: 101, name: 'scaleway_system_ds', template: { type: 'SYSTEM_DS' } },
          { id: 102, name: 'scaleway_image_ds', template: { type: 'IMAGE_DS' } },
        ],
      },
      tags: {},
      historic: [],
      registration_time: new Date(2025, 5, 5, 10, 52, 29).getTime() / 1000,
    },
  },
}

t.test('show and list are laid out as the documentation has them', async (t) => {
  t.equal(
    provisionLayout(documented),
    `PROVISION 1 INFORMATION
ID                  : 1
NAME                : Scaleway SSH Cluster
DESCRIPTION         : It deploys a SSH cluster on Scaleway
USER                : oneadmin
GROUP               : oneadmin
STATE               : RUNNING
PROVIDER ID         : 1
REGISTRATION TIME   : 06/05 10:52:29

PERMISSIONS
OWNER               : um-
GROUP               : ---
OTHER               : ---

PROVISION VALUES
cidr_block          : 10.0.0.0/16
oneform_hosts       : 0
instance_disk_size  : 128
instance_os_name    : ubuntu_2204
instance_public_ips : 0
instance_type       : c5.metal

OPENNEBULA RESOURCES
CLUSTER
ID                  : 2
NAME                : Scaleway SSH Cluster

HOSTS
ID   NAME            RESOURCE_ID
3    3.74.216.118    i-006a01c592f849031

NETWORKS
ID   TYPE            NAME
6    vxlan           private_scaleway_network
7    elastic         public_scaleway_network

DATASTORES
ID   TYPE            NAME
101  system_ds       scaleway_system_ds
102  image_ds        scaleway_image_ds`,
  )
  t.equal(
    listOf([documented], provisionColumns),
    `  ID USER     GROUP     NAME                  STATE            REGTIME
  1  oneadmin oneadmin  Scaleway SSH Cluster  RUNNING          06/05 10:52:29`,
  )
})

t.test('show of a provision that has made nothing yet still has every section', async (t) => {
  const body = documented.TEMPLATE.PROVISION_BODY
  const one_objects = { cluster: {}, hosts: [], networks: [], datastores: [] }
  const early = { ...documented, TEMPLATE: { PROVISION_BODY: { ...body, one_objects } } }
  t.match(provisionLayout(early), /CLUSTER\nID {18}: -\nNAME {16}: -\n\nHOSTS\nID {3}NAME/)
})

t.test('show tells what is still to come and to go while a provision is changed', async (t) => {
  const body = documented.TEMPLATE.PROVISION_BODY
  const scaling = {
    ...{ hosts_up: ['host-3', 'host-4'], hosts_down: ['host-0'], hosts_kept: [] },
    ...{ guests: 'migrate', ips_up: ['ip-2'], ips_given_up: [] },
    ranges_down: [
      { id: 1, ip: '100.64.0.2' },
      { id: 7, ip: '100.64.0.8' },
    ],
  } as const satisfies Scaling
  const template = { ar: [{ ar_id: 1, ip: '51.15.0.77' }] }
  const networks = [{ id: 7, name: 'public', template }]
  const changing = {
    ...body,
    ...{ state: 'SCALING_FAILURE', scaling },
    one_objects: { ...body.one_objects, networks },
  }
  t.match(
    provisionLayout({ ...documented, TEMPLATE: { PROVISION_BODY: changing } }),
    `REGISTRATION TIME   : 06/05 10:52:29

CHANGE UNDER WAY
HOSTS TO COME       : host-3, host-4
HOSTS TO GO         : host-0
VIRTUAL MACHINES    : move to hosts that stay
ADDRESSES TO COME   : ip-2
ADDRESSES TO GO     : 51.15.0.77, range 7

PERMISSIONS
`,
  )
  t.notMatch(provisionLayout(documented), 'CHANGE UNDER WAY')
})

t.test('prompts', async (t) => {
  const answers = async (specs: typeof userInputs, typed: string, known = {}) => {
    const input = new PassThrough()
    const output = new PassThrough()
    input.end(typed)
    const values = await ask(specs, known, { input, output, raw: false })
    return { values, screen: String(output.read()) }
  }
  const named = (name: string) =>
    [...userInputs, ...connectionInputs].filter((s) => s.name === name)

  t.test('take Enter for the default and the number or name of a choice', async (t) => {
    const os = named('instance_os_name')
    t.match((await answers(os, '\n')).values, { instance_os_name: 'ubuntu_2204' })
    t.match((await answers(os, '1\n')).values, { instance_os_name: 'ubuntu_2404' })
    t.match((await answers(os, 'ubuntu_2404\n')).values, { instance_os_name: 'ubuntu_2404' })
    t.match((await answers(named('oneform_hosts'), '\n')).values, { oneform_hosts: 1 })
  })
  t.test('ask again when an answer cannot be, and say what can', async (t) => {
    const disk = await answers(named('instance_disk_size'), 'big\n8\n256\n')
    t.match(disk.values, { instance_disk_size: 256 })
    t.equal(disk.screen.split('Type a whole number from 32 to 1024.').length, 3)
    t.match(
      (await answers(named('instance_os_name'), '7\n0\n')).screen,
      'Type a number from 0 to 1.',
    )
    t.match((await answers(named('access_key'), '\nSCWX\n')).values, { access_key: 'SCWX' })
  })
  t.test('offer the zones of the region that was chosen', async (t) => {
    const where = [...named('region'), ...named('zone')]
    const { values, screen } = await answers(where, '1\n\n')
    t.strictSame(values, { region: 'nl-ams', zone: 'nl-ams-1' })
    t.match(screen, '(zone) Scaleway zone [type: list: nl-ams-1, nl-ams-2]')
  })
  t.test('that end early create nothing', async (t) => {
    const ended = answers(named('access_key'), '')
    await t.rejects(ended, { exitCode: 2, message: /nothing was created/ })
  })
})

t.test('on a terminal the documented session takes place', { skip: noTerminal }, async (t) => {
  const it = await shell(t)
  it.play.create = async (id) => {
    it.events.emit({ provision: id, at: 0, kind: 'state', state: 'APPLYING' })
    it.events.emit({
      provision: id,
      at: 0,
      kind: 'step',
      name: 'vpc',
      status: 'waiting',
      detail: 'quota',
    })
    await it.documents.provisions.update(id, (body) => ({ ...body, state: states.RUNNING }))
    // once all of it is on the screen
    drawn = (screen) => {
      if (!/vpc: quota \(/.test(screen)) return
      it.events.emit({ provision: id, at: 0, kind: 'state', state: 'RUNNING' })
    }
  }
  let drawn: ((screen: string) => void) | undefined
  const onScreen = (screen: string) => drawn?.(screen)
  t.test('for a provider, whose secret is not shown while it is typed', async (t) => {
    const key = '11111111-1111-4111-8111-111111111111'
    const { code, screen } = await type(it, 'provider create scaleway', [
      ['(access_key)', 'SCWXXXXXXXXXXXXXXXXX'],
      ['(secret_key)', key],
      ['(project_id)', 'p-1'],
      ['(region)', ''],
      ['(zone)', '1'],
    ])
    t.equal(code, 0)
    t.match(screen, 'ID: 3')
    t.match(screen, 'SCWXXXXXXXXXXXXXXXXX')
    t.notMatch(screen, key)
    t.match(it.checked, [{ secret_key: key, project_id: 'p-1', zone: 'fr-par-2' }])
  })
  const answers = [
    ['(oneform_hosts)', '1'],
    ['(instance_type)', '0'],
    ['(instance_os_name)', '0'],
    ['(instance_disk_size)', '128'],
    ['(instance_public_ips)', '1'],
  ] as const
  const prompts = [
    `There are some parameters that require user input.
  * (oneform_hosts) Number of instances to create [type: number, default: 1]
    > 1
  * (instance_type) Instance type [type: list: `,
    `  * (instance_os_name) OS [type: list: ubuntu_2204, ubuntu_2404]
    0: ubuntu_2204
    1: ubuntu_2404

    Press enter for default (ubuntu_2204). Please type the selection number: 0
  * (instance_disk_size) Disk size in GB [type: number, min: 32, max: 1024]
    > 128
  * (instance_public_ips) Number of public IPs [type: number, min: 0, max: 5]
    > 1
`,
  ]
  t.test('for a provision, prompt by prompt, with its progress', async (t) => {
    const { code, screen } = await type(it, 'provision create scaleway --provider-id 3', answers, {
      onScreen,
    })
    t.equal(code, 0)
    const asked = screen.slice(0, screen.indexOf('APPLYING')).replaceAll(/^ +$/gm, '')
    for (const part of prompts) t.match(asked, part)
    t.match(screen, /APPLYING \(\d/)
    t.match(screen, /vpc: quota \(/)
    t.match(screen, /\nID: 4\s*$/)
    const { body } = await it.documents.provisions.get(4)
    t.match(body.user_inputs_values, { oneform_hosts: 1, instance_public_ips: 1 })
  })
  t.test('under the name it is documented with, as it is documented', async (t) => {
    const args = 'create scaleway --provider-id 3'
    const { code, screen } = await type(it, args, answers, { name: 'oneprovision' })
    t.equal(code, 0)
    const asked = screen.replaceAll(/^ +$/gm, '')
    for (const part of prompts) t.match(asked, part)
    t.ok(asked.endsWith('    > 1\n\nID: 5\n'), asked)
    await it.documents.provisions.update(5, (body) => ({
      ...body,
      name: 'Scaleway SSH Cluster',
      description: 'It deploys a SSH cluster on Scaleway',
      registration_time: Date.UTC(2025, 5, 5, 10, 52, 29) / 1000,
      one_objects: objectsOf(5),
    }))
    const list = await type(it, 'list', [], { name: 'oneprovision' })
    const lines = list.screen.trimEnd().split('\n')
    t.equal(lines[0], '  ID USER     GROUP     NAME                  STATE            REGTIME')
    t.match(
      lines[1] ?? '',
      /^ {2}5 {2}oneadmin oneadmin {2}Scaleway SSH Cluster {2}RUNNING {10}06\/05 10:52:29$/,
    )
    const show = await type(it, 'show 5', [], { name: 'oneprovision' })
    const shown = provisionLayout(documented)
    const sections = shown.split('\n').filter((line) => /^[A-Z ]+$/.test(line))
    const found = show.screen.split('\n').filter((line) => /^[A-Z ]+$/.test(line))
    t.strictSame(found.slice(0, sections.length), sections)
    for (const line of shown.split('\n').slice(2, 5)) t.match(show.screen, `${line}\n`)
    const objects = (text: string) => /\nHOSTS\n(.|\n)*scaleway_image_ds/.exec(text)?.[0]
    t.equal(objects(show.screen), objects(shown))
  })
  t.test('and the documented request of curl does the same', async (t) => {
    const request = {
      driver: 'scaleway',
      deployment_type: 'ssh_cluster',
      provider_id: 3,
      user_inputs_values: {
        oneform_hosts: 1,
        instance_disk_size: 128,
        instance_os_name: 'ubuntu_2204',
        instance_public_ips: 0,
        instance_type: 'em_a115x_ssd',
      },
      name: 'Scaleway Cluster',
      description: 'Provision in Scaleway',
    }
    const args = ['-sS', '-w', '\n%{http_code}', '-u', 'oneadmin:opennebula', '-X', 'POST']
    const json = ['-H', 'Content-Type: application/json', '-d', JSON.stringify(request)]
    const url = `${it.url}/api/v1/provisions`
    const answer = await launch('curl', [...args, url, ...json], {})
    const [body = '', status] = answer.stdout.split('\n')
    t.equal(status, '201', answer.stderr)
    t.match(JSON.parse(body), { DOCUMENT: { ID: '6', NAME: 'Scaleway Cluster' } })
    const { body: stored } = await it.documents.provisions.get(6)
    t.match(stored.user_inputs_values, request.user_inputs_values)
  })
  t.test('in colours, unless NO_COLOR is set', async (t) => {
    const coloured = await type(it, 'provision list', [])
    t.match(coloured.raw, '\x1b[32mRUNNING')
    const failure = await type(it, 'provision show 4711', [])
    t.match(failure.raw, '\x1b[31mError getting document 4711')
    const plain = await type(it, 'provision list', [], { env: { NO_COLOR: '1' } })
    t.notMatch(plain.raw, '\x1b')
    t.equal(plain.screen, coloured.screen)
    const work = 'provision create scaleway -p 3 --input oneform_hosts=1'
    const progress = await type(it, work, [], { env: { NO_COLOR: '1' }, onScreen })
    t.match(progress.screen, /APPLYING \(\d/)
    t.notMatch(progress.raw.replaceAll('\x1b', 'ESC'), /ESC\[[\d;]*m/, 'nor while it works')
  })
  t.test(
    'for top, which looks again and again until Ctrl-C and leaves a tidy screen',
    async (t) => {
      const list = await it.edgectl('provision list')
      const looks = { count: 0 }
      const count = ({ url = '' }) => {
        if (url.startsWith('/api/v1/provisions?')) looks.count += 1
      }
      it.app.server.on('request', count)
      const { code, raw } = await type(it, 'provision top --delay 1', [], {
        interrupt: () => looks.count >= 3,
      })
      it.app.server.off('request', count)
      t.equal(code, 0)
      t.match(raw, '\x1b[?1049h')
      const left = raw.slice(raw.lastIndexOf('\x1b[?1049l'))
      t.equal(stripVTControlCharacters(left).replaceAll('\r', ''), list.stdout)
    },
  )
  t.test('for leaks, which a yes alone deletes', async (t) => {
    const leak: Leak = {
      ...{ id: 'vpc/a1', code: 'second', kind: 'vpc', name: 'edge', providers: [], place: 'p' },
      ...{ provision: 'u', provisionId: 7, evidence: ['a'], certain: false, guests: [] },
      ...{ sinceMs: 0, price: undefined },
    }
    it.leaks.report = { ...it.leaks.report, leaks: [leak] }
    const release = (answer: string) =>
      type(it, 'leaks release --all', [['Delete this object?', answer]])
    it.asked.splice(0)
    t.match(await release(''), { code: 1, screen: /vpc\/a1 (.|\n)*Nothing was released/ })
    t.same(it.asked, [])
    t.match(await release('y'), { code: 0, screen: /vpc\/a1 +released It is gone/ })
    t.same(it.asked, ['release vpc/a1'])
  })
})

/** What the documented provision has, under the names of another. */
function objectsOf(id: number): OneObjects {
  const { one_objects } = documented.TEMPLATE.PROVISION_BODY
  return JSON.parse(JSON.stringify(one_objects).replaceAll('(provision_1)', `(provision_${id})`))
}

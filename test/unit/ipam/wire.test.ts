import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import {
  allocateAddress,
  type DriverName,
  drivers,
  getAddress,
  type Outcome,
  perform,
  rangeAnswer,
  readNetworkId,
  readRequest,
  registrable,
} from '../../../ipam/wire/index.ts'
import { Fault } from '../../../lib/fault/index.ts'

const folder = new URL('../../recorded/ipam/', import.meta.url)
const recorded = readdirSync(folder)
  .filter((file) => file.endsWith('.xml'))
  .map((file) => ({
    name: file.replace('.xml', ''),
    action: file.replace(/^\d+-|\.xml$/g, ''),
    xml: readFileSync(new URL(file, folder), 'utf8'),
  }))

const base64 = (text: string) => Buffer.from(text).toString('base64')
const ask = (xml: string) => readRequest(['7'], base64(xml))
const message = (ar: string, address = '<SIZE>1</SIZE>') =>
  `<IPAM_DRIVER_ACTION_DATA><AR>${ar}</AR><ADDRESS>${address}</ADDRESS></IPAM_DRIVER_ACTION_DATA>`

function sentence(work: () => unknown): string {
  try {
    work()
    return 'no failure'
  } catch (error) {
    if (error instanceof Fault) return error.sentence
    throw error
  }
}

const nothing: Outcome = { exitCode: 0, stdout: '', stderr: '' }
const register = async (attributes: string, ...answers: object[]) => {
  const xml = message(`<PROVISION_ID>42</PROVISION_ID>${attributes}`, '<SIZE/>')
  return await run('register_address_range', xml, ...answers)
}

/** A whole run, with the controller's answer if there is one. */
async function run(name: DriverName, xml: string, ...answers: object[]): Promise<Outcome> {
  const ask = async () => {
    const answer = answers.shift()
    if (answer === undefined) throw new Error('the controller was asked')
    return { status: 200, text: JSON.stringify(answer) }
  }
  return (await perform(name, drivers[name], { argv: ['7'], input: base64(xml), ask })).outcome
}

t.test('every recorded message gets the answer its action needs', async (t) => {
  t.equal(recorded.length, 24)
  for (const { name, action, xml } of recorded) {
    const request = ask(xml)
    t.equal(request.range['IPAM_MAD'], 'scaleway', name)
    if (action === 'register_address_range') {
      t.equal(registrable(request)['PROVISION_ID'], '42', name)
    }
    if (action === 'unregister_address_range')
      t.match(request.range['IP'], /^172\.\d+\.0\.\d+$/, name)
    if (action === 'get_address') {
      const answer = `ADDRESS = [\nIP = "${request.range['IP']}",\nSIZE = "1"\n]\n`
      t.equal(getAddress(request), answer, name)
    }
    if (action === 'allocate_address') allocateAddress(request)
    if (action === 'free_address') t.strictSame(await run('free_address', xml), nothing, name)
  }
})

t.test('the one address asked for is taken, any other is refused', async (t) => {
  const range = '<IP>100.64.0.2</IP><SIZE>1</SIZE>'
  const allocate = (address: string) => allocateAddress(ask(message(range, address)))
  t.equal(allocate('<IP>100.64.0.2</IP><SIZE>1</SIZE>'), undefined)
  for (const [address, said] of [
    ['<IP>100.64.0.3</IP><SIZE>1</SIZE>', 'holds 100.64.0.2 only, not 100.64.0.3'],
    ['<MAC>02:00:64:40:00:02</MAC><SIZE>1</SIZE>', 'holds 100.64.0.2 only, no address was named'],
    ['<IP>100.64.0.2</IP><SIZE>2</SIZE>', 'One address at a time, not 2'],
  ] as const) {
    t.match(
      sentence(() => allocate(address)),
      said,
    )
  }
})

t.test('a range keeps working when updatear left of it what oned keeps', async (t) => {
  const left =
    '<AR_ID>0</AR_ID><TYPE>IP4</TYPE><SHARED>NO</SHARED><IP>100.64.0.2</IP><MAC>02:00:64:40:00:02</MAC><SIZE>1</SIZE><IPAM_MAD>scaleway</IPAM_MAD>'
  const address = '<MAC>02:00:64:40:00:02</MAC><IP>100.64.0.2</IP><SIZE>1</SIZE>'
  t.strictSame(await run('get_address', message(left)), {
    ...nothing,
    stdout: 'ADDRESS = [\nIP = "100.64.0.2",\nSIZE = "1"\n]\n',
  })
  t.strictSame(await run('allocate_address', message(left, address)), nothing)
  t.strictSame(await run('free_address', message(left, address)), nothing)
  const gone = { state: 'gone', calls: [] }
  t.strictSame(await run('unregister_address_range', message(left), gone), nothing)
})

t.test('a range that somebody made larger has its one address, once', async (t) => {
  const larger = '<AR_ID>3</AR_ID><IP>100.64.0.2</IP><SIZE>8</SIZE>'
  t.match(await run('get_address', message(`${larger}<USED_LEASES>0</USED_LEASES>`)), {
    stdout: /IP = "100\.64\.0\.2"/,
  })
  t.match(await run('get_address', message(`${larger}<USED_LEASES>1</USED_LEASES>`)), {
    ...{ exitCode: 1, stdout: '' },
    stderr: /holds 100\.64\.0\.2 only, which is in use — .*onevnet updatear NETWORK 3/,
  })
})

t.test('freeing never fails, and says what was odd', async (t) => {
  for (const odd of ['', '<IP>1.2.3.4</IP>', '<IP>nonsense</IP><SIZE>x</SIZE>']) {
    t.strictSame(await run('free_address', message('', odd)), nothing, odd)
  }
  for (const damaged of ['hello', message('').slice(0, -9), message('<IP/><IP/>')]) {
    t.match(await run('free_address', damaged), {
      ...nothing,
      stderr: /^WARN: free_address: Freed all the same: This is no request of OpenNebula: .*\n$/,
    })
  }
})

t.test('several addresses at once are refused with what to do instead', async (t) => {
  t.match(
    sentence(() => getAddress(ask(message('<IP>100.64.0.2</IP>', '<SIZE>4</SIZE>')))),
    /One address at a time, not 4 — Reserve .*onevnet reserve NETWORK -s 1/,
  )
  t.match((await register('<SIZE>4</SIZE>')).stderr, 'edgectl provision add-ip 42 --amount 4.')
  for (const size of ['0', '-1', '1e3', '99999999999999999999', 'x'.repeat(2000)]) {
    const { stderr } = await register(`<SIZE>${size}</SIZE>`)
    t.match(stderr, / — Set SIZE to 1\.\n$/, size)
    t.ok(stderr.length < 300)
  }
})

t.test('a range that can never be registered is refused before anybody is asked', async (t) => {
  const refused: [string, RegExp][] = [
    ['<SCALEWAY_IP_TYPE>ipv6</SCALEWAY_IP_TYPE>', /leases no IPv6 address of an IPAM driver/],
    ['<TYPE>IP6</TYPE>', /leases no IPv6 address/],
    ['<TYPE>IP4_6_STATIC</TYPE>', /leases no IPv6 address/],
    ['<TYPE>ETHER</TYPE>', /TYPE IP4, not ETHER/],
    ['<SCALEWAY_IP_TYPE>ipx</SCALEWAY_IP_TYPE>', /"ipx" does not exist/],
    [
      '<IP>10.0.0.5</IP>',
      /IP 10\.0\.0\.5 was asked for, but .* Leave out IP, or set it to 0\.0\.0\.0/,
    ],
    [
      '<EXTERNAL_IP>51.15.0.1</EXTERNAL_IP>',
      /EXTERNAL_IP 51\.15\.0\.1 was asked for, but Scaleway/,
    ],
    ['<MAC>02:00:00:00:00:01</MAC>', /MAC 02:.* was asked for/],
    ['<SHARED>YES</SHARED>', /shared range/],
    ['<NOTE>ends with \\</NOTE>', /cannot read back the attribute NOTE/],
    ['<NOTE>holds ]]&gt; inside</NOTE>', /cannot read back the attribute NOTE/],
    ['<ip>100.64.0.8</ip>', /cannot read back the attribute ip/],
    ['<A-B>x</A-B>', /cannot read back the attribute A-B/],
    ['<PROVISION_ID>43</PROVISION_ID>', /AR has PROVISION_ID twice/],
  ]
  for (const [attributes, said] of refused) {
    t.match(await register(attributes), { exitCode: 1, stdout: '', stderr: said }, attributes)
  }
  const none = await run('register_address_range', message('<SIZE>1</SIZE>'))
  t.match(none, { stderr: /has no PROVISION_ID — Add PROVISION_ID/ })
  const word = await run('register_address_range', message('<PROVISION_ID>x</PROVISION_ID>'))
  t.match(word, { stderr: /"x" is not the number of a provision/ })
})

t.test('what Sunstone fills in is no fixed address', async (t) => {
  const sunstone = '<TYPE>IP4</TYPE><IP>0.0.0.0</IP><SIZE>1</SIZE><SHARED>NO</SHARED>'
  t.match(await register(sunstone, { range: whole }), { exitCode: 0, stdout: /^AR = \[/ })
})

t.test('an attribute that breaks out of its CDATA names no other address', async (t) => {
  // oned writes <NOTE><![CDATA[…]]></NOTE> around whatever a user wrote.
  const note = 'x]]></NOTE><IP><![CDATA[100.64.0.8]]></IP><NOTE><![CDATA['
  const range = `<IP><![CDATA[100.64.0.2]]></IP><NOTE><![CDATA[${note}]]></NOTE>`
  t.match(await run('unregister_address_range', message(range), { state: 'released' }), {
    ...{ exitCode: 1, stdout: '' },
    stderr: /AR has IP twice/,
  })
})

t.test('the controller’s refusal, and half an answer of its, are failures', async (t) => {
  t.match(await register('', {}), { exitCode: 1, stderr: /something that is not a range/ })
  for (const answer of [{}, { state: 'perhaps' }, { range: whole }]) {
    const ran = await run('unregister_address_range', message('<IP>1.2.3.4</IP>'), answer)
    t.match(ran, { exitCode: 1, stdout: '', stderr: /does not say that the address is gone/ })
  }
  const nobody = await run('unregister_address_range', message('<IP>1.2.3.4</IP>'))
  t.match(nobody, { exitCode: 1, stderr: /a defect: the controller was asked/ })
})

t.test('whatever is said is one line, and no word of oned’s log', async (t) => {
  for (const [message, said] of [
    ['ERROR: INFO: two\nlines\u0007 \u2028here\r', 'two lines here'],
    [' \n ', 'The controller answered 500 without a reason'],
    ['y'.repeat(5000), `${'y'.repeat(1000)}…`],
  ] as const) {
    const ask = async () => ({ status: 500, text: JSON.stringify({ message }) })
    const call = { argv: ['7'], input: base64(recorded[0]?.xml ?? ''), ask }
    const { outcome } = await perform('it', drivers.register_address_range, call)
    t.equal(outcome.stderr, `ERROR: it: ${said}\n${said}\n`)
  }
})

const whole = {
  TYPE: 'IP4',
  IP: '100.64.0.0',
  SIZE: '1',
  IPAM_MAD: 'scaleway',
  EXTERNAL_IP: '195.154.0.1',
  GATEWAY: '100.64.0.1',
}

t.test('an answer without what oned needs is never printed', async (t) => {
  t.match(rangeAnswer(whole), /^AR = \[\nTYPE = "IP4",\nIP = "100\.64\.0\.0",/)
  for (const name of Object.keys(whole)) {
    t.match(
      sentence(() => rangeAnswer({ ...whole, [name]: '' })),
      `without ${name}`,
    )
  }
  t.match(rangeAnswer({ ...whole, NOTE: 'a "b" \\ c' }), 'NOTE = "a \\"b\\" \\ c"')
  for (const [name, value] of Object.entries({
    ...{ TYPE: 'IP6', IP: '2001:db8::1', EXTERNAL_IP: '2001:db8::/64', GATEWAY: '01.2.3.4' },
    ...{ SIZE: '2', MAC: '02:00', NOTE: ']]>', 'A B': 'x', ip: '1.2.3.4' },
  })) {
    t.match(
      sentence(() => rangeAnswer({ ...whole, [name]: value })),
      /^The controller answered a range with a wrong/,
      name,
    )
  }
})

t.test('anything but one number and one line of base64 is refused', async (t) => {
  const good = base64(message('<IP>1.2.3.4</IP>'))
  t.equal(readRequest(['0'], `${good}\n`).range['IP'], '1.2.3.4', 'one line end is tolerated')
  const bad: [string, string[], string][] = [
    ['no argument', [], good],
    ['two arguments', ['1', '2'], good],
    ['a word', ['x'], good],
    ['nothing', ['1'], ''],
    ['two lines', ['1'], `${good}\n${good}\n`],
    ['clear text', ['1'], message('')],
    ['URL base64', ['1'], good.replace(/.{4}$/, 'ab-_')],
    ['not UTF-8', ['1'], Buffer.from([0xff, 0xfe, 0x00]).toString('base64')],
    ['no XML', ['1'], base64('hello')],
    ['cut XML', ['1'], base64(message('').slice(0, -9))],
    ['two documents', ['1'], base64(message('') + message(''))],
    ['other document', ['1'], base64('<VM><ID>1</ID></VM>')],
    ['two ranges', ['1'], base64(message('</AR><AR>'))],
  ]
  for (const [name, argv, input] of bad) {
    t.match(
      sentence(() => readRequest(argv, input)),
      /^This is no request of OpenNebula: /,
      name,
    )
  }
})

t.test('a network document is read for its id only', async (t) => {
  t.equal(readNetworkId(['3'], base64('<VNET><ID>12</ID><NAME>n</NAME></VNET>')), 12)
  t.match(
    sentence(() => readNetworkId(['3'], base64('<VNET/>'))),
    /not a VNET/,
  )
})

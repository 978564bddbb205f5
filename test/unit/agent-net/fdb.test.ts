import t from 'tap'
import { parseFdb } from '../../../agent/observe/parse-ip.ts'

const told = [
  {
    mac: '02:00:5e:00:01:01',
    ifname: 'fxr5',
    flags: ['sticky'],
    master: 'onebr5',
    state: 'static',
  },
  {
    ...{ mac: '00:00:00:00:00:00', ifname: 'scwpn.105', dst: '10.180.0.12', viaIf: 'scwpn' },
    ...{ viaIfIndex: 4, flags: ['self'], state: 'permanent' },
  },
  // A VM of another host, as FRR tells the kernel: to the bridge and to the device.
  {
    mac: '02:00:00:00:00:12',
    ifname: 'scwpn.105',
    flags: ['extern_learn'],
    master: 'onebr5',
    state: '',
  },
  {
    ...{ mac: '02:00:00:00:00:12', ifname: 'scwpn.105', dst: '10.180.0.12' },
    ...{ flags: ['self', 'extern_learn'], state: '' },
  },
  // A MAC that never moves.
  {
    ...{ mac: '02:00:00:00:00:11', ifname: 'scwpn.105', dst: '10.180.0.12' },
    ...{ flags: ['self', 'extern_learn', 'sticky'], state: 'static' },
  },
  {
    ...{ mac: '02:00:00:00:00:15', ifname: 'scwpn.105', dst: '10.180.0.13' },
    ...{ flags: ['self'], state: 'permanent' },
  },
  { mac: '02:00:00:00:00:13', ifname: 'scwpn.105', dst: '10.180.0.13', flags: ['self'], state: '' },
  { mac: '02:00:00:00:00:14', ifname: 'one-1-0', flags: [], master: 'onebr5', state: '' },
]

t.test(
  'pins and destinations that somebody configured are read, not what FRR says or a device learnt',
  async (t) => {
    t.same(parseFdb(JSON.stringify(told)), [
      {
        ...{ device: 'fxr5', mac: '02:00:5e:00:01:01', destination: null, via: null },
        ...{ state: 'static', sticky: true },
      },
      {
        ...{ device: 'scwpn.105', mac: '00:00:00:00:00:00', destination: '10.180.0.12' },
        ...{ via: 'scwpn', state: 'permanent', sticky: false },
      },
      {
        ...{ device: 'scwpn.105', mac: '02:00:00:00:00:15', destination: '10.180.0.13' },
        ...{ via: null, state: 'permanent', sticky: false },
      },
    ])
  },
)

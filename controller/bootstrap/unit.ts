/**
 * The agent's systemd unit. After FRR and before every hypervisor: it is ready only when the network
 * is as the last good specification says. No PrivateMounts, ProtectSystem or PrivateTmp: a mount
 * namespace of its own would hide the network namespaces it makes from everybody else.
 */
export const unit = `[Unit]
Description=Edge network agent
Wants=network-online.target
After=network-online.target frr.service
Before=libvirtd.service virtqemud.service lxc.service
StartLimitIntervalSec=0

[Service]
Type=notify
NotifyAccess=all
ExecStart=/opt/edge-agent/current/edge-agent run
Restart=always
RestartSec=1
TimeoutStartSec=180
TimeoutStopSec=10
KillMode=mixed
RuntimeDirectory=edge-agent
RuntimeDirectoryMode=0700
StateDirectory=edge-agent
StateDirectoryMode=0700
LimitNOFILE=65536

[Install]
WantedBy=multi-user.target
`

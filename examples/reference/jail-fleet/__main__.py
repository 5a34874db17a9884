import pulumi_chroot as chroot

chroot.JailFleet("named",
    hosts={
        "ns1": {
            "host": "ns1.example.com",
            "labels": {
                "site": "ams",
            },
        },
        "ns2": {
            "host": "ns2.example.com",
            "labels": {
                "site": "fra",
            },
        },
        "ns3": {
            "host": "ns3.example.com",
            "labels": {
                "site": "fra",
            },
        },
    },
    waves=[
        {
            "name": "canary",
            "size": 1,
            "canary": True,
            "gates": [{
                "dns": {
                    "name": "www.example.com",
                },
            }],
        },
        {
            "name": "rest",
        },
    ],
    jails={
        "named": {
            "root": "/chroot/named",
            "user": "bind",
            "group": "bind",
            "baseline": {
                "owner": "root",
                "group": "bind",
                "file_mode": "u=rw,g=r,o=",
                "directory_mode": "u=rwx,g=rx,o=",
            },
            "writable": {
                "var/run": "named writes its PID file here",
            },
        },
    })

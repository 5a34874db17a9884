import pulumi_chroot as chroot

chroot.Wrapper("start",
    jail={
        "connection": {
            "host": "ns1.example.com",
        },
        "root": "/chroot/app",
    },
    path="/usr/local/sbin/start-app",
    command=[
        "/bin/app",
        "--foreground",
    ],
    reason="the unit starts the daemon by this command")

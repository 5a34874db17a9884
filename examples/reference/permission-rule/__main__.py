import pulumi_chroot as chroot

chroot.PermissionRule("secondaries",
    jail={
        "connection": {
            "host": "ns1.example.com",
        },
        "root": "/chroot/named",
    },
    match="conf/secondaries/**",
    runtime=True,
    owner="bind",
    group="bind",
    file_mode="ug=r,o=",
    reason="a transferred zone is replaced as a whole, never edited, and is nobody else's business")

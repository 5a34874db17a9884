import pulumi_chroot as chroot

chroot.Jail("named",
    connection={
        "host": "ns1.example.com",
    },
    root="/chroot/named",
    user="bind",
    group="bind",
    baseline={
        "owner": "root",
        "group": "bind",
        "file_mode": "u=rw,g=r,o=",
        "directory_mode": "u=rwx,g=rx,o=",
    },
    directories={
        "etc": "named reads named.conf here after it has changed its root",
    })

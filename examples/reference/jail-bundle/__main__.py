import pulumi_chroot as chroot

chroot.JailBundle("named",
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
    },
    writable={
        "var/run": "named writes its PID file here",
    },
    rules={
        "var": {
            "match": "var",
            "directory_mode": "u=rwx,g=x,o=",
            "reason": "only the way to var/run; nobody lists it",
        },
    },
    files={
        "named.conf": {
            "path": "etc/named.conf",
            "content": "options { directory \"/conf\"; };",
            "reason": "named reads its configuration after it has changed its root",
        },
    })
